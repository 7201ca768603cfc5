// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/channel.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/listener_spread.hpp"
#include "store/postgres/notify_payload.hpp"
#include "store/postgres/pg_connection.hpp"

#include <chrono>
#include <string>

namespace crier::postgres {

// A connection on which one log is rung, and if that is wanted listened to. Who listens proves
// now and then that what is sent arrives. Every call throws Failure if the wire is dead. One
// thread at a time.
class NotifyConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What bears the name `own` is not heard.
  NotifyConnection(const StoreConfig& config, std::string own);

  [[nodiscard]] bool listens() const { return !listened_.empty(); }
  // Nothing is missed once it returns.
  void listen();
  // Tells all who listen.
  void send();
  // Sleeps until something arrives, `event` can be read, or `until`; true if others have rung.
  bool wait(int event, Time until);
  // The longest that a look should wait, so that not all who listen come at once.
  [[nodiscard]] std::chrono::microseconds spread() const { return spread_.spread(); }

 private:
  // Sends what only this wire minds; it must come back within kProofTime.
  void prove();
  void notify(const std::string& note);
  // Whether others have rung, by what has arrived.
  bool take_in();

  const StoreConfig& config_;
  const std::string own_;
  PgConnection link_;
  Channel channel_;
  std::string listened_;  // the channel that is listened to, if any: on another one it is dead
  ListenerSpread spread_;
  Time prove_at_ = Time::max();  // the next time
  bool unproved_ = false;        // sent, and not come back yet
};

}  // namespace crier::postgres
