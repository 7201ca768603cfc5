// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/crier.hpp>

#include "process/process_fixture.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <map>
#include <optional>

namespace crier::test {

using namespace std::chrono_literals;

inline bool has_line(const Child& child, const std::string& line) {
  return eventually([&] {
    const Lines out = child.out();
    return std::find(out.begin(), out.end(), line) != out.end();
  });
}

struct ClusterFixture : EachStore {
  // Of the members; short, so that a test sees many rounds.
  struct WorkerPace {
    std::chrono::milliseconds heartbeat = 100ms, lease = 1s, retention = 50ms, hard_cap = 50ms,
                              prune = 100ms;
    bool durable = false;
  };

  std::map<std::string, std::unique_ptr<Child>> members;
  std::unique_ptr<Connection> connection = open_store(url)->connect(Access::read_write);

  Child& member(const std::string& name, const WorkerPace& pace) {
    std::vector<std::string> command{built_program("tests/process/process_member"), url, name};
    for (const auto duration :
         {pace.heartbeat, pace.lease, pace.retention, pace.hard_cap, pace.prune}) {
      command.push_back(std::to_string(duration.count()));
    }
    if (pace.durable) {
      command.emplace_back("durable");
    }
    members[name] = std::make_unique<Child>(dir.path(), name, command);
    REQUIRE(has_line(*members[name], "ready"));
    return *members[name];
  }

  EntryId append(std::size_t count) {
    const std::string json = encode(std::vector{Instruction::refresh_by_ids(kProducts, {1})});
    return connection->log().append(std::vector<NewEntry>(count, {"test", 1, json}));
  }

  // Stops it while it holds no lock: one that is stopped in the middle of a write keeps all out.
  void pause(const Child& child) const {
    const auto hasty = open_store(database->url("20s"))->connect(Access::read_write);
    hasty->set_deadline(500ms);
    std::string trouble;
    const auto is_free = [&] {
      try {
        hasty->nodes().withdraw_request(0);
        return true;
      } catch (const Error& error) {
        trouble = error.what();
        return false;
      }
    };
    const bool paused = eventually([&] {
      child.signal(SIGSTOP);
      if (is_free()) {
        return true;
      }
      child.signal(SIGCONT);
      static_cast<void>(eventually(is_free));  // it gets to the end of what it had begun
      return false;
    });
    CAPTURE(trouble);
    REQUIRE(paused);
  }

  // The name of the node that has the lease; empty where nobody has.
  std::string leader() {
    const std::optional<Lease> lease = connection->leases().holder();
    for (const NodeRecord& node : connection->nodes().list()) {
      if (lease && node.incarnation == lease->holder) {
        return node.name;
      }
    }
    return {};
  }

  // Writes down in the transaction that prunes: who, under which fencing number, how far.
  [[nodiscard]] std::string audit_of_pruning() const {
    const std::string note =
        "INSERT INTO audit (holder, fencing, through) "
        "VALUES (NEW.holder, NEW.fencing, NEW.prunedThrough);";
    if (database->is_postgres()) {
      return "CREATE TABLE audit (nr serial, holder text, fencing bigint, through bigint); "
             "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " +
             note +
             " RETURN NEW; END $$; CREATE TRIGGER note AFTER INSERT OR UPDATE ON crierPruned "
             "FOR EACH ROW EXECUTE FUNCTION note()";
    }
    return "CREATE TABLE audit (nr INTEGER PRIMARY KEY, holder, fencing, through); "
           "CREATE TRIGGER first AFTER INSERT ON crierPruned BEGIN " +
           note + " END; CREATE TRIGGER next AFTER UPDATE ON crierPruned BEGIN " + note + " END";
  }

  // Everything but the newest entry is pruned, some time.
  void prunes_all() {
    REQUIRE(eventually(
        [&] {
          const LogBounds bounds = connection->log().bounds().value();
          return bounds.oldest == bounds.newest;
        },
        60s));
  }
};

}  // namespace crier::test
