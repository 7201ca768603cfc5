// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/failures.hpp>

#include "cli/database.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

/// What a node of this name says with a beat: it is at `position`, on vm-1, with pid 17, and beats
/// once an hour, so that a test takes no time in people's units.
[[nodiscard]] NodeReport report_of(const std::string& name, std::int64_t position = 0);

/// The node beats once, as crier's own nodes do.
void beat(const Database& database, const NodeReport& report);
/// It beats, and says that it has these refreshers: each a GUID, or "", and a name.
void declare(const Database& database, const NodeReport& node,
             const std::vector<std::pair<std::string, std::string>>& refreshers);
/// It takes the lease, for ten hours.
void lead(const Database& database, const NodeReport& report);
void goodbye(const Database& database, const NodeReport& report);
/// The leader sends a canary: the newest entry, whose id is returned.
EntryId send_canary(const Database& database, const NodeReport& leader);
/// A node gives these up.
void quarantine(const Database& database, const std::vector<FailureRecord>& failures);
/// Makes all that nodes have told older.
void pass(const Database& database, std::chrono::milliseconds duration);

/// Puts entries that are three days old, with the ids from 1 to `last`.
void put_old(const Database& database, std::int64_t last);

/// A log of entries 1 to 12, and web-1, which leads and has handled them.
struct Healthy {
  Database database;
  NodeReport leader = report_of("web-1", 12);

  Healthy();
  [[nodiscard]] Outcome status(Args args = {}) const;
};

}  // namespace crier::test
