// SPDX-License-Identifier: MIT
#include "store/postgres/statement.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>
#include <utility>

namespace crier::postgres {

std::size_t parameters_in(std::string_view text) {
  std::size_t most = 0;
  for (std::size_t i = 0; (i = text.find('$', i)) != std::string_view::npos; ++i) {
    std::size_t number = 0;
    std::from_chars(text.data() + i + 1, text.data() + text.size(), number);
    most = std::max(most, number);
  }
  return most;
}

Statement::Statement(std::string text)
    : text_(std::move(text)), parameters_(parameters_in(text_)) {}

void Statement::start(std::span<const sql::Value> values, sql::Lifetime /*lifetime*/) {
  values_.assign(values.first(std::min(values.size(), parameters_)));
  row_ = -1;
  result_ = execute(values_);
}

std::string Statement::bytes(int column) const {
  const std::string_view escaped = text(column);
  std::size_t size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(escaped.data()), &size), PQfreemem);
  if (bytes == nullptr) {
    throw std::bad_alloc();
  }
  return {reinterpret_cast<const char*>(bytes.get()), size};
}

}  // namespace crier::postgres
