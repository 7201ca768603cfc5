// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// By which somebody may look at the page.
struct AccessToken {
  std::string who;  // empty: the file does not say
  std::string token;
  std::size_t line = 0;  // of the file
};

// Reads a file of tokens, one a line, each with a name before it if it has one; a line that begins
// with '#' is a comment. Throws a usage error if others than its owner may read the file, or a
// token is short, or stands there twice.
[[nodiscard]] std::vector<AccessToken> read_access_tokens(const std::string& path);

// 32 random bytes, in hex.
[[nodiscard]] std::string random_secret();
// In a time that does not tell where they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace crier::cli
