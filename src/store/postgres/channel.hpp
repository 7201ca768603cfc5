// SPDX-License-Identifier: MIT
#pragma once

#include "base/quoting.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/statements.hpp"

#include <chrono>
#include <string>

namespace crier::postgres {

// The channel as one connection knows it, as it stands in SQL. One thread at a time.
class Channel {
 public:
  // Whether name() need not ask.
  [[nodiscard]] bool is_known() const { return PgConnection::Time::clock::now() < ask_at_; }
  // Asked for if it is not known, and again after a while: the tables may have come to another
  // schema. Throws Failure. Lives until the next call.
  [[nodiscard]] const std::string& name(PgConnection& link, PgConnection::Time ends) {
    if (!is_known()) {
      const Result name = link.query(statements().text("channel"), ends);
      if (name.is_null(0, 0)) {
        throw Failure(Failure::Cause::server, "there is no schema for crier's tables", "3F000");
      }
      name_ = sql_name(name.text(0, 0));
      ask_at_ = PgConnection::Time::clock::now() + std::chrono::seconds(30);
    }
    return name_;
  }

 private:
  std::string name_;
  PgConnection::Time ask_at_;
};

}  // namespace crier::postgres
