// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace crier::bench {

// What carries numbers from one process to others. Made before they are forked.
class Carrier {
 public:
  virtual ~Carrier() = default;
  // In a subscriber's process. Calls `subscribed` when nothing that is sent from now on will be
  // missed, then `received` for each message. Does not return.
  virtual void subscribe(const std::function<void()>& subscribed,
                         const std::function<void(int)>& received) = 0;
  // In the publisher's process. What it returns sends one message; valid as long as the carrier.
  virtual std::function<void(int)> publisher() = 0;
};

// Nodes on a database of their own.
[[nodiscard]] std::unique_ptr<Carrier> carried_by_crier();

// Nodes on the database that `url` names.
[[nodiscard]] std::unique_ptr<Carrier> carried_by_crier_on(std::string url);

// Hybrid caches of one key, whose invalidation a message is: received when the new value is served.
[[nodiscard]] std::unique_ptr<Carrier> carried_by_hybrids();

// What the machine allows: a row that is inserted, a wake-up, a SELECT, and nothing around them.
[[nodiscard]] std::unique_ptr<Carrier> carried_by_bare_sqlite();

// What PostgreSQL allows: a row and a NOTIFY in one statement, a SELECT by whoever listens.
// `conninfo` leads to crier's tables, of which only the log and its counter are used.
[[nodiscard]] std::unique_ptr<Carrier> carried_by_bare_postgres(std::string conninfo);

// Pub/sub through hiredis, and a redis-server of its own on a free port of the loopback; it ends
// with the carrier. Null where that can't be had, and `why_not` says why.
[[nodiscard]] std::unique_ptr<Carrier> carried_by_redis(std::string& why_not);

}  // namespace crier::bench
