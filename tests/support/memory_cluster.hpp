// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

/// What nodes tell each other, as plain rows: the rules of the stores in the fewest words. Times
/// are milliseconds since 1970, by the clock of the one who asks. Not thread-safe.
class MemoryCluster {
 public:
  using Time = std::chrono::milliseconds;

  /// Whether the process of a pid of the asker's host has ended; may be empty.
  using IsGone = std::function<bool(std::int64_t)>;

  Surroundings beat(const NodeReport& report, EntryId newest, Time now);
  void goodbye(const Guid& incarnation, Time now);
  [[nodiscard]] std::vector<NodeRecord> list(EntryId newest, Time now) const;
  std::size_t forget(std::string_view name, Time now);
  std::size_t forget_older(Time age, Time position_age, const Fence& fence, Time now);

  PositionClaim claim_position(const NodeReport& report, const IsGone& is_gone, Time now);
  bool save_position(std::string_view name, const Guid& incarnation, const Cursor& cursor,
                     bool reset, Time now);

  std::int64_t ask(EntryId entry, Time timeout, Time now);
  void answered(std::int64_t serial);
  [[nodiscard]] std::vector<Ask> asks_after(std::int64_t serial, Time now) const;

  Lease hold(const Guid& holder, Time duration, Time now);
  void release(const Guid& holder, Time now);
  [[nodiscard]] std::optional<Lease> holder(Time now) const;
  [[nodiscard]] bool holds(const Fence& fence, Time now) const;

  struct KeptPosition {
    std::string name;
    Guid owner;
    std::optional<EntryId> position;  ///< nothing: none that can be trusted
    Time seen{};
  };
  /// By name.
  [[nodiscard]] std::vector<KeptPosition> kept() const;
  /// The first place that pruning must leave alone, and whose it is.
  struct Floor {
    EntryId position;
    std::string name;
  };
  [[nodiscard]] std::optional<Floor> floor(Time hard_cap, Time now) const;

 private:
  struct Node {
    NodeReport report;
    Time started{};
    Time beat{};
    Time error_at{};
    std::int64_t lag = 0;
    std::optional<Time> stopped;

    [[nodiscard]] bool live(Time now) const;
  };
  struct Kept {
    Guid incarnation;
    std::string host;
    std::int64_t pid = 0;
    std::optional<Cursor> cursor;  // nothing: none was saved that can be trusted
    Time seen{};
    bool contended = false;
  };
  struct Held {
    Guid holder;
    std::int64_t fencing = 0;
    Time since{};
    Time expires{};

    [[nodiscard]] bool valid(Time now) const;
  };
  struct Waiting {
    EntryId entry;
    Time until{};
  };

  [[nodiscard]] Node* find(const Guid& incarnation);

  std::vector<Node> nodes_;  // in the order in which they were first seen
  std::map<std::string, Kept, std::less<>> kept_;
  Held lease_;
  std::map<std::int64_t, Waiting> asks_;
  std::int64_t asked_ = 0;
};

}  // namespace crier::test
