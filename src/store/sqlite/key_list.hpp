// SPDX-License-Identifier: MIT
#pragma once

#include "base/hex.hpp"

#include <span>
#include <string>

namespace crier::sqlite {

// The keys as a list in JSON. They are UTF-8. Empty if one holds NUL, at which SQLite's JSON ends.
[[nodiscard]] inline std::string key_list(std::span<const std::string> keys) {
  constexpr unsigned char kFirstPrintable = 0x20;
  std::string list = "[";
  for (const std::string& key : keys) {
    list += list.size() == 1 ? "\"" : ",\"";
    for (const char c : key) {
      if (c == '\0') {
        return {};
      }
      if (static_cast<unsigned char>(c) < kFirstPrintable) {
        list += "\\u00";
        append_hex(list, static_cast<unsigned char>(c));
        continue;
      }
      if (c == '"' || c == '\\') {
        list += '\\';
      }
      list += c;
    }
    list += '"';
  }
  return list + "]";
}

}  // namespace crier::sqlite
