// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace crier::redis {

// A URL of Redis, taken apart: see open_shared_cache() for what it may look like.
struct Url {
  std::string host;      // empty: a socket of this machine
  int port = 6379;       //
  std::string socket;    // its path
  int database = 0;      //
  std::string user;      // empty: Redis' default one
  std::string password;  // empty: none is asked for
  std::string prefix;    // of every key
  std::chrono::milliseconds deadline = std::chrono::seconds(5);
  std::string name;  // the same without user and password
};

// Looks at nothing but the text. Throws an invalid_argument Error where it is malformed; the
// message never repeats what may hold a password.
[[nodiscard]] Url parse_url(std::string_view text);

}  // namespace crier::redis
