// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

// Takes JSON without spaces from the front of a text. What is not just so is not taken, though it
// may be JSON: then nothing more is to be read.
class Scanner {
 public:
  // `text` lives as long as this.
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // The first `size` bytes of `word`: where that is a constant, no function is called to compare.
  template <std::size_t size>
  bool take(const char* word) {
    if (rest_.size() < size || std::memcmp(rest_.data(), word, size) != 0) {
      return false;
    }
    rest_.remove_prefix(size);
    return true;
  }
  // In the form in which writers put it: hyphens, and quotes around it.
  bool take_guid(Guid& guid) {
    constexpr std::size_t kSize = 36;
    if (rest_.size() < kSize + 2 || rest_[0] != '"' || rest_[kSize + 1] != '"') {
      return false;
    }
    const std::optional<Guid> parsed = Guid::parse(rest_.substr(1, kSize));
    if (parsed) {
      guid = *parsed;
      rest_.remove_prefix(kSize + 2);
    }
    return parsed.has_value();
  }
  // Of 64 bits.
  bool take_integer(std::int64_t& number);
  // A string in UTF-8; `value` is what it means. It points into the text, or into `unescaped`.
  bool take_string(std::string_view& value, std::string& unescaped);

 private:
  std::string_view rest_;
};

}  // namespace crier
