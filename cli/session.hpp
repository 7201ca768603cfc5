// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "print.hpp"

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace crier::cli {

class Interrupt;

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

// A connection to a log, and the store that it belongs to.
struct OpenLog {
  std::unique_ptr<Store> store;
  std::unique_ptr<Connection> connection;

  [[nodiscard]] InstructionLog& operator*() const { return connection->log(); }
  [[nodiscard]] InstructionLog* operator->() const { return &connection->log(); }
};

// What every command gets: the streams and the global options.
struct Session {
  Streams streams;
  Interrupt& interrupt;
  std::string store_url = {};  // empty: none was named
  bool json = false;
  bool terminal = false;  // standard output is one
  bool progress = false;  // may be shown on standard error, which is a terminal
  bool asks = false;      // standard input and error are terminals: somebody may answer
  bool keyboard = false;  // standard input and output are one that can be drawn on
  Paint paint = Paint();

  // One line of data. False once standard output has failed: then there is no use in going on.
  bool put(std::string_view line) const;
  // One sentence for people, on standard error.
  void say(std::string_view sentence) const;

  // The URL of the store; a usage error where none was named.
  [[nodiscard]] const std::string& require_store() const;
  // Connects, and throws where the schema is not the one understood.
  [[nodiscard]] OpenLog open(Access access) const;
};

}  // namespace crier::cli
