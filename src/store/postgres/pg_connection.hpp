// SPDX-License-Identifier: MIT
#pragma once

#include "base/fork_guard.hpp"
#include "store/postgres/bound_values.hpp"
#include "store/postgres/result.hpp"

#include <chrono>
#include <map>
#include <string>

namespace crier::postgres {

// libpq's keywords and their values; may hold a password.
using Parameters = std::map<std::string, std::string>;

// One connection to a server. libpq's own waits know no deadline once a connection stands (a
// dropped packet would hold them for minutes), so the socket is waited for here. Every call throws
// Failure; after `lost` and `late` the link is of no more use.
class PgConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  PgConnection(const Parameters& parameters, Time ends);
  // In a child, by fork(), the parent's connection stays as it is.
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  // Runs one or more statements; the last one's result.
  Result query(const std::string& sql, Time ends);
  void prepare(const std::string& name, const std::string& sql, Time ends);
  Result run(const std::string& name, const BoundValues& values, Time ends);
  // The same without preparing it: the server keeps nothing of it.
  Result run_text(const std::string& sql, const BoundValues& values, Time ends);
  // Sends statements and does not wait for what comes of them. finish_async() comes before any
  // other.
  void post(const std::string& sql, Time ends);
  // Takes in what came of post(), which is there by now as a rule; false if it failed.
  bool finish_async(Time ends);

  // Whether the server has ended the session, as far as it has told: then nothing needs to be sent
  // to find out.
  [[nodiscard]] bool is_closed();
  [[nodiscard]] bool is_usable() const { return usable_ && PQstatus(handle_) == CONNECTION_OK; }
  [[nodiscard]] bool in_transaction() const { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }
  [[nodiscard]] PGconn* handle() const { return handle_; }

 private:
  void connect(Time ends);
  // As PQgetResult(), once that is there.
  Result next_result(Time ends);
  Result answer(Time ends);
  // Sends what is buffered, and takes in what arrives.
  void flush(Time ends);
  // Until the socket is ready for one of `events`; throws if the time is up before.
  short wait_for(short events, Time ends);
  [[noreturn]] void lose();

  const ForkGuard fork_guard_;
  PGconn* handle_;
  bool usable_ = true;
  bool posted_ = false;
};

// libpq's message on one line.
[[nodiscard]] std::string message_of(const PGconn* handle);

}  // namespace crier::postgres
