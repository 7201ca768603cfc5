// SPDX-License-Identifier: MIT
#pragma once

#include <crier/node.hpp>

#include "fault/publisher.hpp"
#include "support/eventually.hpp"
#include "support/postgres_server.hpp"
#include "unit/node_fixture.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

using namespace std::chrono_literals;

/// A member that keeps what it logs.
struct Mate {
  Record log;
  Member member;
  Node& node = *member.node;

  explicit Mate(Options options) : member(logging(std::move(options))) {}

  [[nodiscard]] bool has_logged(std::string_view words) const;
  [[nodiscard]] bool has_resynced(const std::string& reason) const;

 private:
  Options logging(Options options);
};

/// Several nodes that run on one PostgreSQL server, which is reached by `url`.
struct PostgresCrew {
  explicit PostgresCrew(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] Options quick(const std::string& name) const;
  Mate& join(const Options& options);
  Mate& join(const std::string& name) { return join(quick(name)); }
  /// All have applied `entry`.
  [[nodiscard]] bool all_have(EntryId entry) const;
  /// What was acknowledged stands in the log once, where it was said, and what was refused does
  /// not; and each node but the publisher's own has refreshed all that stands there. Ends the
  /// publisher. Returns how many stand there.
  std::size_t check_nothing_lost(Publisher& publisher, const PostgresServer& server) const;
  /// Each has lost its proof that it is fresh, and says for how long.
  [[nodiscard]] bool all_are_stale(std::chrono::milliseconds age = 300ms) const;

  std::vector<std::unique_ptr<Mate>> mates;

 private:
  const std::string url_;
};

}  // namespace crier::test
