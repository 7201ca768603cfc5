// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/failure.hpp"
#include "store/sql/value.hpp"

#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace crier::postgres {

// Values as libpq takes them. Texts and bytes go as they are (binary); numbers go in digits, which
// fit whatever type the parameter has. Refers to the values' texts.
class BoundValues {
 public:
  // Throws Failure if a text holds NUL. Literals end with one.
  void assign(std::span<const sql::Value> values) {
    texts_.clear();
    lengths_.clear();
    formats_.clear();
    digits_.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      add(values[i], digits_[i]);
    }
  }

  [[nodiscard]] int size() const { return static_cast<int>(texts_.size()); }
  [[nodiscard]] const char* const* texts() const { return texts_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  using Digits = std::array<char, 32>;  // and a NUL

  void add(const sql::Value& value, Digits& digits) {
    using Kind = sql::Value::Kind;
    if (value.kind == Kind::text && value.text.find('\0') != std::string_view::npos) {
      throw Failure(Failure::Cause::server, kNul, "22021");
    }
    if (value.kind == Kind::text || value.kind == Kind::key || value.kind == Kind::bytes) {
      // Null would be NULL, and no text at all.
      push(value.text.empty() ? "" : value.text.data(), static_cast<int>(value.text.size()), 1);
      return;
    }
    if (value.kind == Kind::literal) {
      push(value.text.data(), 0, 0);
      return;
    }
    char* const end = digits.data() + digits.size() - 1;
    const std::to_chars_result result = value.kind == Kind::real
                                            ? std::to_chars(digits.data(), end, value.real)
                                            : std::to_chars(digits.data(), end, value.integer);
    *result.ptr = '\0';
    push(value.kind == Kind::null ? nullptr : digits.data(), 0, 0);
  }

  void push(const char* text, int length, int format) {
    texts_.push_back(text);
    lengths_.push_back(length);
    formats_.push_back(format);
  }

  std::vector<const char*> texts_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<Digits> digits_;
};

}  // namespace crier::postgres
