// SPDX-License-Identifier: MIT
#include "cli/cluster.hpp"

#include <crier/admin/history.hpp>
#include <crier/admin/store.hpp>
#include <crier/instruction.hpp>

#include <memory>
#include <optional>

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

void declare(const Database& database, const NodeReport& node,
             const std::vector<std::pair<std::string, std::string>>& refreshers) {
  const auto store = open_store(database.url());
  const auto connection = store->connect(Access::read_write);
  connection->nodes().beat(node);
  std::vector<RefresherRecord> records;
  for (const auto& [guid, name] : refreshers) {
    records.push_back({.refresher = Guid::parse(guid).value_or(Guid()), .name = name});
  }
  connection->history().declare(node, records);
}

void lead(const Database& database, const NodeReport& report) {
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->leases().hold(report.incarnation, std::chrono::hours(10));
}

void goodbye(const Database& database, const NodeReport& report) {
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->nodes().goodbye(report.incarnation);
}

EntryId send_canary(const Database& database, const NodeReport& leader) {
  const auto store = open_store(database.url());
  const auto connection = store->connect(Access::read_write);
  const Lease lease = connection->leases().hold(leader.incarnation, std::chrono::hours(10));
  const std::optional<EntryId> sent = connection->nodes().send_canary(
      {kOrigin, 1, all_of(kCanary.to_string())}, std::chrono::milliseconds(0),
      {leader.incarnation, lease.fencing});
  return sent.value_or(EntryId());
}

void quarantine(const Database& database, const std::vector<FailureRecord>& failures) {
  const auto store = open_store(database.url());
  store->connect(Access::read_write)->failures().record(failures);
}

void pass(const Database& database, std::chrono::milliseconds duration) {
  const std::string ms = std::to_string(duration.count());
  run_sql(database.path(),
          "UPDATE crierNode SET startedMs = startedMs - " + ms + ", beatMs = beatMs - " + ms +
              ", stoppedMs = stoppedMs - " + ms + ", lastErrorMs = lastErrorMs - " + ms +
              ", provedMs = provedMs - " + ms + ", pausedUntilMs = max(0, pausedUntilMs - " + ms +
              ")" + "; UPDATE crierEvent SET atMs = atMs - " + ms +
              "; UPDATE crierCanary SET sentMs = sentMs - " + ms +
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

Healthy::Healthy() {
  put_old(database, 12);
  beat(database, leader);
  lead(database, leader);
  pass(database, std::chrono::hours(1));
}
Outcome Healthy::status(Args args) const {
  args.insert(args.begin(), "status");
  return database.run(args);
}

}  // namespace crier::test
