// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"

#include <crier/store.hpp>

#include <memory>

namespace crier::test {

NodeReport report_of(const std::string& name, std::int64_t position) {
  NodeReport report;
  report.incarnation = Guid::random();
  report.name = name;
  report.host = "vm-1";
  report.application = "shop";
  report.version = "1.2.3";
  report.pid = 17;
  report.interval = std::chrono::hours(1);
  report.role = Role::subscriber;
  report.position = EntryId{position};
  return report;
}

void beat(const Database& database, const NodeReport& report) {
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->nodes().beat(report);
}

void lead(const Database& database, const NodeReport& report) {
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->leases().hold(report.incarnation, std::chrono::hours(10));
}

void goodbye(const Database& database, const NodeReport& report) {
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->nodes().goodbye(report.incarnation);
}

void pass(const Database& database, std::chrono::milliseconds duration) {
  const std::string ms = std::to_string(duration.count());
  run_sql(database.path(),
          "UPDATE crierNode SET startedMs = startedMs - " + ms + ", beatMs = beatMs - " + ms +
              ", stoppedMs = stoppedMs - " + ms + ", lastErrorMs = lastErrorMs - " + ms +
              "; UPDATE crierLease SET heldMs = heldMs - " + ms + ", expiresMs = expiresMs - " +
              ms + "; UPDATE crierPosition SET seenMs = seenMs - " + ms);
}

void put_old(const Database& database, std::int64_t last) {
  run_sql(database.path(),
          "WITH RECURSIVE ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < " +
              std::to_string(last) +
              ") INSERT INTO crierCacheInstruction SELECT id, "
              "strftime('%Y-%m-%d %H:%M:%f', 'now', '-3 days'), '[]', 'web-1/shop', 0 FROM ids");
}

}  // namespace crier::test
