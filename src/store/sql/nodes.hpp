// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>

#include "base/deadline.hpp"
#include "base/process.hpp"
#include "store/sql/canary.hpp"
#include "store/sql/cluster_statements.hpp"
#include "store/sql/leases.hpp"
#include "store/sql/node_row.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::sql {

template <class D>
class SqlNodes final : public NodeDirectory {
 public:
  // Each request and each canary ring `wakeup`.
  SqlNodes(typename D::Database& database, Wakeup& wakeup) : database_(database), wakeup_(wakeup) {}

  Surroundings beat(const NodeReport& report) override;
  void goodbye(const Guid& incarnation) override;
  std::vector<NodeRecord> list() override;
  std::size_t forget(std::string_view name) override;
  std::size_t forget_older(std::chrono::milliseconds age, std::chrono::milliseconds position_age,
                           const Fence& fence) override;

  PositionClaim claim_position(const NodeReport& report) override;
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) override;

  bool publish_position(const NodeReport& report) override;
  std::int64_t request_position(EntryId entry, std::chrono::milliseconds timeout) override;
  void remind() noexcept override { wakeup_.ring(); }
  void withdraw_request(std::int64_t serial) override;
  std::vector<PositionRequest> position_requests() override;

  std::optional<EntryId> send_canary(const NewEntry& entry, std::chrono::milliseconds interval,
                                     const Fence& fence) override {
    return canary_.send(entry, interval, fence);
  }
  std::optional<Canary> canary() override { return canary_.newest(); }

 private:
  // Returns the time since the beat before.
  std::chrono::milliseconds write_beat(const NodeReport& report);
  // Also for those whose process is gone, and who can't be leading any more.
  void say_goodbye_for_predecessors(const NodeReport& report, const std::vector<std::string>& gone);

  typename D::Database& database_;
  Wakeup& wakeup_;
  const std::string& log_ = database_.place().table;
  SqlFence<D> fence_{database_};

  typename D::Statement gap_{database_, kGap};
  typename D::Statement beat_{database_, kBeat};
  typename D::Statement alone_{database_, kAlone};
  typename D::Statement namesakes_{database_, kNamesakes};
  typename D::Statement goodbye_of_predecessors_{database_, kGoodbyeOfPredecessors};
  typename D::Statement goodbye_{database_, kGoodbye};
  typename D::Statement release_{database_, kRelease};
  typename D::Statement nodes_{database_, kNodes};
  typename D::Statement forget_nodes_{database_, kForgetNodes};
  typename D::Statement forget_position_{database_, kForgetPosition};
  typename D::Statement forget_old_nodes_{database_, kForgetOldNodes};
  typename D::Statement forget_old_positions_{database_, kForgetOldPositions};

  typename D::Statement position_{database_, kPosition};
  typename D::Statement own_position_{database_, kOwnPosition};
  typename D::Statement save_position_{database_, kSavePosition};
  typename D::Statement contend_{database_, kContend};

  typename D::Statement publish_position_{database_, kPublishPosition};
  typename D::Statement forget_asks_{database_, kForgetAsks};
  typename D::Statement ask_{database_, kAsk};
  typename D::Statement answered_{database_, kAnswered};
  typename D::Statement asks_{database_, kAsks};

  SqlCanary<D> canary_{database_, wakeup_};
};

// Only the one row is written under the lock, for which publishers wait; what is around is read
// afterwards. Of two that begin at once, the later to commit sees the other.
template <class D>
Surroundings SqlNodes<D>::beat(const NodeReport& report) {
  return database_.call("beat", [&] {
    const std::string self = report.incarnation.to_string();
    Surroundings around;
    around.gap = write_beat(report);
    bool has_predecessors = false;
    std::vector<std::string> gone;
    {
      auto row = namesakes_.run(log_, report.name, self);
      while (row.step()) {
        const bool live = row.number(2) != 0;
        const bool beaten_since = row.number(3) != 0;
        has_predecessors |= !live && !beaten_since;
        if (process_is_gone(row.text(5))) {
          gone.push_back(row.text(4));
          continue;
        }
        if (live && beaten_since && around.namesake.empty()) {
          around.namesake = "host " + row.text(0) + ", pid " + std::to_string(row.number(1));
        }
      }
    }
    if (has_predecessors || !gone.empty()) {
      say_goodbye_for_predecessors(report, gone);
    }
    auto row = alone_.run(log_, self);
    row.step();
    around.alone = row.number(0) != 0;
    return around;
  });
}

template <class D>
std::chrono::milliseconds SqlNodes<D>::write_beat(const NodeReport& report) {
  const std::string self = report.incarnation.to_string();
  std::chrono::milliseconds gap{0};
  typename D::Write write(database_);
  // Under the lock: the time that this one had to wait for it counts.
  if (auto row = gap_.run(log_, report.name, self); row.step()) {
    gap = std::chrono::milliseconds(row.number(0));
  }
  beat_.change(log_, report.name, self, report.host, report.application, report.version, report.pid,
               report.interval.count(), static_cast<int>(report.role), report.position.value,
               int{report.durable}, int{report.poller_alive}, report.last_error,
               integer(report.applied), integer(report.failed), integer(report.resyncs),
               report.process, bounded(report.proof_age).count(), report.canary.value,
               joined(report.troubles));
  write.commit();
  return gap;
}

// The conditions stand in the statement: one that comes back meanwhile is left alone.
template <class D>
void SqlNodes<D>::say_goodbye_for_predecessors(const NodeReport& report,
                                               const std::vector<std::string>& gone) {
  typename D::Write write(database_);
  goodbye_of_predecessors_.change(log_, report.name, report.incarnation.to_string());
  for (const std::string& incarnation : gone) {
    goodbye_.change(log_, incarnation);
    release_.change(log_, incarnation);
  }
  write.commit();
}

template <class D>
void SqlNodes<D>::goodbye(const Guid& incarnation) {
  database_.call("goodbye", [&] {
    typename D::Write write(database_);
    goodbye_.change(log_, incarnation.to_string());
    write.commit();
  });
}

template <class D>
std::vector<NodeRecord> SqlNodes<D>::list() {
  return database_.call("read", [&] {
    std::vector<NodeRecord> nodes;
    {
      auto rows = nodes_.run(log_);
      while (rows.step()) {
        nodes.push_back(node_of(rows));
      }
    }
    database_.require_in_place();
    return nodes;
  });
}

template <class D>
std::size_t SqlNodes<D>::forget(std::string_view name) {
  return database_.call("forget", [&] {
    typename D::Write write(database_);
    const int nodes = forget_nodes_.change(log_, std::string(name));
    const int positions = forget_position_.change(log_, std::string(name));
    write.commit();
    return static_cast<std::size_t>(nodes + positions);
  });
}

template <class D>
std::size_t SqlNodes<D>::forget_older(std::chrono::milliseconds age,
                                      std::chrono::milliseconds position_age, const Fence& fence) {
  return database_.call("forget", [&] {
    typename D::Write write(database_);
    if (!fence_.holds(fence)) {
      return std::size_t{0};
    }
    const int nodes = forget_old_nodes_.change(log_, age.count());
    forget_old_positions_.change(log_, position_age.count());
    write.commit();
    return static_cast<std::size_t>(nodes);
  });
}

template <class D>
PositionClaim SqlNodes<D>::claim_position(const NodeReport& report) {
  return database_.call("claim", [&] {
    const std::string self = report.incarnation.to_string();
    PositionClaim claim;
    claim.owned = true;
    typename D::Write write(database_);
    if (auto row = position_.run(log_, report.name); row.step()) {
      const bool live = row.number(5) != 0;
      claim.contended = row.number(4) != 0;
      claim.owned = !live || row.text(0) == self || process_is_gone(row.text(1));
      if (claim.owned && !claim.contended && !row.is_null(2)) {
        claim.cursor = Cursor{{row.number(2)}, {static_cast<std::uint64_t>(row.number(3))}};
      }
    }
    if (claim.owned) {
      own_position_.change(log_, report.name, self, report.process);
    }
    write.commit();
    return claim;
  });
}

template <class D>
bool SqlNodes<D>::save_position(const NodeReport& report, const Cursor& cursor, bool reset) {
  return database_.call("save", [&] {
    const std::string self = report.incarnation.to_string();
    typename D::Write write(database_);
    const bool owned =
        save_position_.change(log_, report.name, self, report.process, cursor.id.value,
                              integer(cursor.fingerprint.value), int{reset}) == 1;
    if (!owned) {
      contend_.change(log_, report.name, self);
    }
    write.commit();
    return owned;
  });
}

template <class D>
bool SqlNodes<D>::publish_position(const NodeReport& report) {
  return database_.call("publish", [&] {
    const std::string self = report.incarnation.to_string();
    if (publish_position_.change(log_, report.name, self, report.position.value) == 1) {
      return true;
    }
    database_.require_in_place();  // else the row may stand in the one that is there now
    return false;
  });
}

template <class D>
std::int64_t SqlNodes<D>::request_position(EntryId entry, std::chrono::milliseconds timeout) {
  return database_.call("ask", [&] {
    typename D::Write write(database_);
    forget_asks_.change();
    std::int64_t serial = 0;
    if (auto row = ask_.run(log_, entry.value, bounded(timeout).count()); row.step()) {
      serial = row.number(0);
    }
    write.commit();
    wakeup_.ring();
    return serial;
  });
}

template <class D>
void SqlNodes<D>::withdraw_request(std::int64_t serial) {
  database_.call("answer", [&] {
    typename D::Write write(database_);
    answered_.change(log_, serial);
    write.commit();
  });
}

template <class D>
std::vector<PositionRequest> SqlNodes<D>::position_requests() {
  return database_.call("read", [&] {
    std::vector<PositionRequest> requests;
    try {
      auto rows = asks_.run(log_);
      while (rows.step()) {
        requests.push_back({rows.number(0), {rows.number(1)}});
      }
    } catch (const typename D::Exception& error) {
      // As it is beside another program's table, unless crier's own were put there.
      if (!D::is_missing_node_table(error)) {
        throw;
      }
    }
    return requests;
  });
}

}  // namespace crier::sql
