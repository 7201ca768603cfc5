// SPDX-License-Identifier: MIT
// Of what a node's keeper does, one thing fails, in a real database; and then it works again.
#include "fault/crew.hpp"

#include <SQLiteCpp/Statement.h>

#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

// By which a duty fails, and by which it shows that it is done.
struct Fault {
  std::string duty;
  std::string trigger;   // "BEFORE ... ON ...": what it refuses
  std::string progress;  // a query whose answer changes with each time; empty: none is so simple
};

const std::vector<Fault> kFaults = {
    {"the beat", "INSERT ON crierNode", "SELECT beatMs FROM crierNode"},
    {"the lease", "INSERT ON crierLease", "SELECT heldMs FROM crierLease"},
    {"recording what was given up", "INSERT ON crierFailure", "SELECT max(id) FROM crierFailure"},
    {"saving the position", "INSERT ON crierPosition", "SELECT seenMs FROM crierPosition"},
    {"the canary", "INSERT ON crierCanary", "SELECT entry FROM crierCanary"},
    {"the pruning", "DELETE ON crierCacheInstruction", "SELECT prunedThrough FROM crierPruned"},
    {"the cleaning of the shared cache", "DELETE ON crierCache", ""},
};

struct DutiesCrew : Crew {
  Record said;

  ~DutiesCrew() { members.clear(); }  // they speak to the end

  [[nodiscard]] Options busy() {
    Options options = quick("a");
    // A beat that comes late puts off the pruning: not each one on a busy machine is.
    options.heartbeat_interval = 100ms;
    options.lease_duration = 10min;  // while its duty fails, what it allows goes on
    options.keep_position = KeepPosition::in_database;
    options.canary_interval = 1ms;
    options.retention = 1ms;
    options.retention_hard_cap = 1h;
    options.prune_interval = 1ms;
    options.log = [this](LogLevel, std::string_view text) { said.add(std::string(text)); };
    return options;
  }
  [[nodiscard]] std::string ask(const std::string& sql) const {
    SQLite::Database database(file, SQLite::OPEN_READONLY, 20'000);
    SQLite::Statement query(database, sql);
    return query.executeStep() && !query.isColumnNull(0) ? query.getColumn(0).getString() : "";
  }
  // Has happened since `before`; with something to give up, and to prune, again and again.
  [[nodiscard]] bool goes_on(const std::string& progress, const std::string& before) {
    return eventually([&] {
      append(*connect(), new_entry("no JSON"));
      return ask(progress) != before;
    });
  }
};

TEST_CASE_FIXTURE(DutiesCrew, "a duty of the keeper's fails: it alone is named, and it heals") {
  join(busy());
  for (const Fault& fault : kFaults) {
    CAPTURE(fault.duty);
    said.take();
    run_sql("CREATE TRIGGER fault BEFORE " + fault.trigger +
            " BEGIN SELECT RAISE(ABORT, 'a fault'); END");
    append(*connect(), new_entry("no JSON"));
    run_sql("INSERT INTO crierCache (key, stamp, expiresMs, value) VALUES ('gone', 1, 1, x'00')");
    CHECK(eventually([&] { return has_beginning(said, fault.duty + " failed and is tried"); }));
    for (const Fault& other : kFaults) {
      CAPTURE(other.duty);
      // What was given up is recorded before the position passes it, and nothing is pruned that
      // stands behind a position.
      const bool records = fault.duty.starts_with("recording");
      const bool saves = fault.duty.starts_with("saving");
      const bool depends =
          (records && other.duty.starts_with("saving")) ||
          (other.duty == "the pruning" && (records || saves || fault.duty == "the beat"));
      if (other.duty != fault.duty && !depends && !other.progress.empty()) {
        CHECK(goes_on(other.progress, ask(other.progress)));
      }
    }
    for (const std::string& line : said.lines()) {
      CAPTURE(line);
      CHECK((!line.ends_with("a fault (SQLite code 1811)") || line.starts_with(fault.duty)));
    }
    CHECK((fault.duty == "the beat" || eventually([&] {
             const Lines troubles = connect()->nodes().list().at(0).troubles;
             return troubles.size() == 1 && troubles[0].starts_with(fault.duty);
           })));
    run_sql("DROP TRIGGER fault");
    append(*connect(), new_entry("no JSON"));
    // Perhaps before: where there is nothing to prune, nothing fails.
    CHECK(eventually([&] { return has(said, fault.duty + " works again"); }));
    CHECK(eventually([&] { return connect()->nodes().list().at(0).troubles.empty(); }));
    CHECK((fault.progress.empty() || goes_on(fault.progress, ask(fault.progress))));
    CHECK(eventually([&] { return ask("SELECT count(*) FROM crierCache") == "0"; }));
  }
  CHECK(eventually([&] { return members[0]->node->role() == Role::single; }));
}

}  // namespace
}  // namespace crier::test
