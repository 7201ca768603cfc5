// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "support/test_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

/// Far longer than a test runs: no beat is missed unless ClusterStore::pass() makes it so.
constexpr std::chrono::milliseconds kInterval = std::chrono::hours(1);

/// Time enough for two beats to bear different times.
constexpr std::chrono::milliseconds kMoment{10};

/// Where a node may stand. A fingerprint fills all of its 64 bits.
inline constexpr Cursor kThree{{3}, {333}};
inline constexpr Cursor kFive{{5}, {0xffff'ffff'ffff'fff5}};

/// What a new node of this name says of itself.
[[nodiscard]] inline NodeReport new_report(std::string name) {
  NodeReport report;
  report.incarnation = Guid::random();
  report.name = std::move(name);
  return report;
}

/// One node, with a connection of its own.
struct Peer {
  explicit Peer(ClusterStore& cluster, std::string name = "web-1", std::string host = "one")
      : store(cluster.open()),
        connection(store->connect(Access::read_write)),
        report(new_report(std::move(name))) {
    report.host = std::move(host);
    report.interval = kInterval;
  }

  BeatResult beat() { return nodes().beat(report); }
  BeatResult beat_at(std::int64_t position) {
    report.position = {position};
    return beat();
  }
  /// This node as it is listed; the test fails where it is not.
  [[nodiscard]] NodeRecord record() { return record_of(nodes().list()); }
  [[nodiscard]] NodeState state() { return record().state; }
  bool save(const Cursor& cursor, bool reset = false) {
    return nodes().save_position(report, cursor, reset);
  }
  PositionClaim claim() { return nodes().claim_position(report); }
  Lease hold(std::chrono::milliseconds duration = std::chrono::hours(1)) {
    return leases().hold(report.incarnation, duration);
  }
  [[nodiscard]] Fence fence() { return {report.incarnation, hold().fencing}; }

  [[nodiscard]] InstructionLog& log() const { return connection->log(); }
  [[nodiscard]] NodeDirectory& nodes() const { return connection->nodes(); }
  [[nodiscard]] RoleLeases& leases() const { return connection->leases(); }
  [[nodiscard]] SharedCacheTable& cache() const { return connection->cache(); }
  [[nodiscard]] FailureLog& failures() const { return connection->failures(); }

  std::unique_ptr<Store> store;
  std::unique_ptr<Connection> connection;
  NodeReport report;

 private:
  [[nodiscard]] NodeRecord record_of(const std::vector<NodeRecord>& all) const {
    for (const NodeRecord& node : all) {
      if (node.incarnation == report.incarnation) {
        return node;
      }
    }
    throw std::out_of_range(report.name + " is not listed");
  }
};

}  // namespace crier::test
