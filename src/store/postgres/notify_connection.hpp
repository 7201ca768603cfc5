// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/channel.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/listener_spread.hpp"
#include "store/postgres/notify_payload.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/session_settings.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace crier::postgres {

// A connection on which one log is rung, and if that is wanted listened to. Who listens proves
// now and then that what is sent arrives. Every call throws Failure if the wire is dead. One
// thread at a time.
class NotifyConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Whoever destroys the store waits for a call that is under way.
  static constexpr std::chrono::milliseconds kLongestCall{10'000};

  // What bears the name `own` is not heard. `log`: the identity of the log that is to be rung, if
  // it is known.
  NotifyConnection(const StoreConfig& config, const Guid& own, const std::string& log);

  [[nodiscard]] bool listens() const { return !listened_.empty(); }
  // Nothing is missed once it returns.
  void listen();
  // Tells all who listen.
  void send(std::chrono::milliseconds patience = kLongestCall);
  // Sleeps until something arrives, `event` can be read, or `until`; true if others have rung.
  // However much arrives, it takes in a part of that at a time.
  bool wait(int event, Time until);
  // The longest that a look should wait, so that not all who listen come at once.
  [[nodiscard]] std::chrono::microseconds spread() const { return spread_.spread(); }

 private:
  // Sends what only this wire minds; it must come back within kProofTime.
  void prove();
  void notify(const std::string& note, Time ends);
  // Whether others have rung, by what has arrived.
  bool take_in();

  const StoreConfig& config_;
  const Guid own_;
  const OpenSession session_;
  PgConnection& link_;
  Channel channel_;
  std::string listened_;  // the channel that is listened to, if any: on another one it is dead
  ListenerSpread spread_;
  Time prove_at_ = Time::max();  // the next time
  bool unproved_ = false;        // sent, and not come back yet
  bool may_hold_more_ = false;   // of what has arrived, take_in() has left some
};

}  // namespace crier::postgres
