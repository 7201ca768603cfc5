// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/link.hpp"
#include "store/postgres/place.hpp"

#include <chrono>
#include <string>

namespace crier::postgres {

// A connection that listens on the channel of one log, and proves now and then that what is sent
// arrives. Every call throws Failure where the wire is dead. One thread at a time.
class BellWire {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Listens when it returns.
  explicit BellWire(const Place& place);

  // Tells all who listen.
  void send();
  // Sleeps until something arrives, `event` can be read, or `until`; false where others have not
  // rung.
  bool wait(int event, Time until);

 private:
  // Sends what only this wire minds; it must come back within kProofTime.
  void prove();
  // Whether others have rung, by what has arrived.
  bool take_in();

  const Place& place_;
  Link link_;
  std::string channel_;
  Time prove_at_;          // the next time
  bool unproved_ = false;  // sent, and not come back yet
};

}  // namespace crier::postgres
