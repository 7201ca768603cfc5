// SPDX-License-Identifier: MIT
#pragma once

#include "simulation/sim_node.hpp"
#include "support/memory_store.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

// Looks on while nodes use the store, keeps its own books of leases and beats, and finds what must
// not be: a number that two have led under, a prune without a valid lease, a live node overtaken.
class Watch {
 public:
  using Time = std::chrono::milliseconds;

  Watch(MemoryStore& store, const Keeper::Settings& settings) : store_(store), rules_(settings) {}

  // Right before and right after a call by `node`.
  void before(std::string_view operation, const SimNode& node);
  void after(std::string_view operation, const SimNode& node);

  void violated(const std::string& what);
  // The first one; empty: none.
  [[nodiscard]] const std::string& violation() const { return violation_; }

  // Whether one who is not among `running` has a beat that looks recent at some time from now to
  // `later`.
  [[nodiscard]] bool others_look_live(const std::set<Guid>& running, Time later) const;

 private:
  struct Beat {
    EntryId position;
    Time at{};
  };
  struct Grant {
    Guid holder;
    std::int64_t number = 0;
    Time since{};
    Time until{};
  };

  [[nodiscard]] Time window() const { return 3 * rules_.node.interval; }
  [[nodiscard]] bool valid(const Grant& grant) const;
  [[nodiscard]] bool has_stopped(const Guid& incarnation) const;
  void after_hold(const SimNode& node);
  void after_prune(const SimNode& node);

  MemoryStore& store_;
  const Keeper::Settings rules_;
  std::unique_ptr<Connection> eyes_ = store_.connect(Access::read_only);
  std::map<Guid, Beat> beats_;
  std::map<std::int64_t, Guid> leaders_;  // by fencing number
  Grant grant_;
  std::vector<Entry> rows_;  // before the prune that runs
  std::string violation_;
};

}  // namespace crier::test
