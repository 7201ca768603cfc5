// SPDX-License-Identifier: MIT
#include "session.hpp"

#include "arguments.hpp"
#include "base/secrets.hpp"
#include "printable.hpp"

#include <istream>
#include <ostream>
#include <string>

namespace crier::cli {

bool Session::put(std::string_view line) const {
  // One write for a whole line: with unitbuf it is one system call, and lines stay whole.
  // In JSON, too, a row must not reach the terminal: what is escaped then means the same.
  return static_cast<bool>(streams.out << (json ? printable(line) : std::string(line)) + '\n');
}

void Session::say(std::string_view sentence) const {
  streams.err << "crier: " + printable(without_secrets(std::string(sentence))) + '\n' << std::flush;
}

const std::string& Session::require_store() const {
  if (store_url.empty()) {
    throw usage_error("no store is named: give --store URL, or set CRIER_STORE");
  }
  return store_url;
}

OpenLog Session::open(Access access) const {
  OpenLog log;
  log.store = open_store(require_store());
  log.connection = log.store->connect(access);
  const SchemaStatus status = log.connection->schema().status();
  if (status.state != SchemaState::current) {
    throw Error("open", status.advice);
  }
  return log;
}

}  // namespace crier::cli
