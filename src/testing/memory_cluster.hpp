// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// What nodes tell each other, as plain rows: the rules of the stores in the fewest words. Times
/// are milliseconds since 1970, by the clock of the one who asks. Not thread-safe.
class MemoryCluster {
 public:
  using Time = std::chrono::milliseconds;

  /// Whether the process that a NodeReport::process stands for is known to have ended; may be
  /// empty.
  using IsGone = std::function<bool(std::string_view)>;

  BeatResult beat(const NodeReport& report, const IsGone& is_gone, Time now);
  void goodbye(const Guid& incarnation, Time now);
  [[nodiscard]] std::vector<NodeRecord> list(EntryId newest, Time now) const;
  std::size_t forget(std::string_view name, Time now);
  std::size_t forget_older(Time age, Time position_age, const Fence& fence, Time now);

  PositionClaim claim_position(const NodeReport& report, const IsGone& is_gone, Time now);
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset, Time now);

  std::optional<PauseOrder> publish_position(const NodeReport& report, Time now);
  std::size_t pause(std::string_view name, Time duration, std::string_view by, Time now);
  std::size_t resume(std::string_view name, std::string_view by, Time now);
  std::int64_t request_position(EntryId entry, Time timeout, Time now);
  void withdraw_request(std::int64_t serial);
  [[nodiscard]] std::vector<PositionRequest> position_requests(Time now) const;

  /// Whether a canary is due, and `fence` is the leader's.
  [[nodiscard]] bool may_send_canary(Time interval, const Fence& fence, Time now) const;
  void canary_sent(EntryId entry, Time now);
  [[nodiscard]] std::optional<Canary> canary(Time now) const;

  Lease hold(const Guid& holder, Time duration, Time now);
  void release(const Guid& holder, Time now);
  [[nodiscard]] std::optional<Lease> holder(Time now) const;
  [[nodiscard]] bool holds(const Fence& fence, Time now) const;

  struct PersistentPosition {
    std::string name;
    Guid owner;
    std::optional<EntryId> position;  ///< nothing: none was saved
    Time seen{};
    bool contended = false;
  };
  /// By name.
  [[nodiscard]] std::vector<PersistentPosition> kept() const;
  /// The first place that pruning must leave alone, and whose it is.
  struct Floor {
    EntryId position;
    std::string name;
  };
  [[nodiscard]] std::optional<Floor> floor(const PruneOrder& order, Time now) const;

 private:
  struct Node {
    NodeReport report;
    Time started{};
    Time beat{};
    Time error_at{};
    Time proved{};
    std::optional<Time> stopped;
    Time paused_until{};
    std::string paused_by;

    [[nodiscard]] PauseOrder pause(Time now) const;
    [[nodiscard]] bool live(Time now) const;
    [[nodiscard]] bool beaten_since(Time start, Time now) const;
  };
  struct Kept {
    Guid incarnation;
    std::string process;
    std::optional<Cursor> cursor;  // nothing: none was saved
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
  struct Sent {
    EntryId entry;
    Time at{};
  };
  struct Waiting {
    EntryId entry;
    Time until{};

    [[nodiscard]] bool holds(Time now) const;
  };

  [[nodiscard]] Node* find(const Guid& incarnation);
  [[nodiscard]] bool has_moved_on(const Kept& kept, const Node* self, Time now);
  [[nodiscard]] static bool began_before(const Node& one, const Node& other);

  std::vector<Node> nodes_;  // in the order in which they were first seen
  std::map<std::string, Kept, std::less<>> kept_;
  Held lease_;
  std::map<std::int64_t, Waiting> requests_;
  std::int64_t last_request_ = 0;
  std::optional<Sent> canary_;
};

}  // namespace crier::testing
