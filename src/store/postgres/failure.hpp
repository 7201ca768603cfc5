// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace crier::postgres {

// The server ends a session that stands still in the middle of a transaction.
inline constexpr const char* kIdleInTransaction = "25P03";

// What no text on a server may hold.
inline constexpr const char* kNul = "a text holds a NUL character";

// What went wrong on a connection, in libpq's words. It stays in this folder: see translate().
class Failure : public std::runtime_error {
 public:
  enum class Cause {
    server,      // said by the server; `code` is its SQLSTATE
    connecting,  // no connection came about; `code` has the SQLSTATE of each server that refused
    password,    // the application gave none; the message says why
    lost,        // the connection broke
    late,        // the server gave no answer in time: the connection is given up
    pooled,      // what answers is no server, but shares the server's sessions out
    too_old,     // a server before PostgreSQL 13; the message is its version
    replaced,    // another log stands there than the one that was read; the message says why
  };

  Failure(Cause why, const std::string& message, std::string sqlstate = {})
      : std::runtime_error(message), cause(why), code(std::move(sqlstate)) {}

  Cause cause;
  std::string code;
};

}  // namespace crier::postgres
