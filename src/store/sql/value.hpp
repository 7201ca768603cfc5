// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier::sql {

// What is bound to a parameter of a statement. Refers to texts and bytes that others own.
struct Value {
  enum class Kind : std::uint8_t { null, integer, real, text, key, bytes, literal };

  Value(std::integral auto number)
      : kind(Kind::integer), integer(static_cast<std::int64_t>(number)) {}
  Value(double number) : kind(Kind::real), real(number) {}
  Value(std::string_view words) : kind(Kind::text), text(words) {}
  Value(const std::string& words) : Value(std::string_view(words)) {}
  // NULL if there is no number.
  Value(const std::optional<std::int64_t>& number)
      : kind(number ? Kind::integer : Kind::null), integer(number.value_or(0)) {}
  [[nodiscard]] static Value bytes(std::string_view bytes) {
    Value value(bytes);
    value.kind = Kind::bytes;
    return value;
  }
  // A key of the shared cache: any bytes, in whatever type the database has for them.
  [[nodiscard]] static Value key(std::string_view key) {
    Value value(key);
    value.kind = Kind::key;
    return value;
  }
  // `text` is how the database itself writes a value of the parameter's type. Without NUL.
  [[nodiscard]] static Value literal(const std::string& text) {
    Value value(text);
    value.kind = Kind::literal;
    return value;
  }

  Kind kind;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;  // also the key, the bytes or the literal
};

}  // namespace crier::sql
