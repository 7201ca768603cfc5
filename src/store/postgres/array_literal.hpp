// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "base/hex.hpp"
#include "store/postgres/failure.hpp"

#include <span>
#include <string>
#include <type_traits>

namespace crier::postgres {

// One member of all entries, as PostgreSQL writes an array. Throws Failure if a text holds NUL.
template <class Member>
std::string array_literal(std::span<const NewEntry> entries, Member NewEntry::*member) {
  std::string array = "{";
  for (const NewEntry& entry : entries) {
    array += array.size() == 1 ? "" : ",";
    if constexpr (std::is_same_v<Member, std::string>) {
      array += '"';
      for (const char c : entry.*member) {
        if (c == '\0') {
          throw Failure(Failure::Cause::server, kNul, "22021");
        }
        array.append(c == '"' || c == '\\' ? 1 : 0, '\\');
        array += c;
      }
      array += '"';
    } else {
      array += std::to_string(entry.*member);
    }
  }
  return array + "}";
}

// Bytes, as PostgreSQL writes an array of them.
[[nodiscard]] inline std::string array_literal(std::span<const std::string> values) {
  std::string array = "{";
  for (const std::string& value : values) {
    array += (array.size() == 1 ? "\"\\\\x" : ",\"\\\\x") + hex_of(value) + '"';
  }
  return array + "}";
}

}  // namespace crier::postgres
