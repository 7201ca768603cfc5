// SPDX-License-Identifier: MIT
#include "store/sql/nodes.hpp"

#include <crier/error.hpp>

#include "base/deadline.hpp"
#include "base/duration.hpp"
#include "base/process.hpp"
#include "base/utf8.hpp"
#include "store/sql/node_row.hpp"
#include "store/sql/transaction.hpp"

namespace crier::sql {

namespace {

// Of the columns from `first` on.
PauseOrder pause_of(const Rows& row, int first) {
  return {std::chrono::milliseconds(row.integer(first)),
          std::chrono::milliseconds(row.integer(first + 1)), std::string(row.text(first + 2))};
}

}  // namespace

// Only the one row is written under the lock, for which publishers wait; what is around is read
// afterwards. Of two that begin at once, the later to commit sees the other.
BeatResult Nodes::beat(const NodeReport& report) {
  return session_.call("beat", [&] {
    const std::string self = report.incarnation.to_string();
    BeatResult around;
    write_beat(report, around);
    bool has_predecessors = false;
    std::vector<std::string> gone;
    {
      Rows row = namesakes_.run({log_, report.name, self});
      while (row.step()) {
        const bool live = row.flag(2);
        const bool beaten_since = row.flag(3);
        const bool is_predecessor = !live && !beaten_since;
        const std::string who =
            "host " + std::string(row.text(0)) + ", pid " + std::to_string(row.integer(1));
        has_predecessors |= is_predecessor;
        const bool is_gone = process_is_gone(std::string(row.text(5)));
        if (is_gone) {
          gone.emplace_back(row.text(4));
        }
        if (is_gone || is_predecessor) {
          around.ended.push_back(who);
        } else if (live && beaten_since && around.namesake.empty()) {
          around.namesake = who;
        }
      }
    }
    if (has_predecessors || !gone.empty()) {
      say_goodbye_for_predecessors(report, gone);
    }
    Rows row = alone_.run({log_, self});
    row.step();
    around.alone = row.flag(0);
    return around;
  });
}

void Nodes::write_beat(const NodeReport& report, BeatResult& result) {
  const std::string self = report.incarnation.to_string();
  // A beat must not fail for what an application's exception says.
  const std::string last_error = valid_text(report.last_error, kMaxTextBytes);
  const std::string troubles = valid_text(joined(report.troubles), kMaxTextBytes);
  Transaction write(session_, Begin::write);
  // Under the lock: the time that this one had to wait for it counts.
  if (Rows row = gap_.run({log_, report.name, self}); row.step()) {
    result.gap = std::chrono::milliseconds(row.integer(0));
    result.before = std::chrono::milliseconds(row.integer(1));
  }
  {
    Rows row = beat_.run({log_,
                          report.name,
                          self,
                          report.host,
                          report.application,
                          report.version,
                          report.pid,
                          report.interval.count(),
                          static_cast<int>(report.role),
                          report.position.value,
                          report.durable,
                          report.poller_alive,
                          last_error,
                          report.applied,
                          report.failed,
                          report.resyncs,
                          report.process,
                          bounded(report.proof_age).count(),
                          report.canary.value,
                          troubles,
                          report.stands});
    row.step();
    result.at = std::chrono::milliseconds(row.integer(0));
    result.pause = pause_of(row, 1);
  }
  write.commit();
}

std::optional<PauseOrder> Nodes::publish_position(const NodeReport& report) {
  return session_.call("publish", [&] {
    const std::string self = report.incarnation.to_string();
    std::optional<PauseOrder> order;
    {
      Rows row =
          publish_position_.run({log_, report.name, self, report.position.value, report.stands});
      while (row.step()) {
        order = pause_of(row, 0);
      }
    }
    if (!order) {
      session_.require_in_place();  // else the row may stand in the one that is there now
    }
    return order;
  });
}

std::size_t Nodes::pause(std::string_view name, std::chrono::milliseconds duration,
                         std::string_view by) {
  if (duration < std::chrono::milliseconds(1) || duration > kMostPausedFor) {
    throw Error("pause",
                "a pause lasts from 1ms through " + duration_text(kMostPausedFor) + ", and not " +
                    duration_text(duration),
                Error::Kind::invalid_argument);
  }
  return session_.call("pause", [&] {
    Transaction write(session_, Begin::write);
    const std::int64_t nodes =
        pause_.change({log_, name, duration.count(), valid_text(by, kMaxTextBytes)});
    write.commit();
    return static_cast<std::size_t>(nodes);
  });
}

std::size_t Nodes::resume(std::string_view name, std::string_view by) {
  return session_.call("resume", [&] {
    Transaction write(session_, Begin::write);
    const std::int64_t nodes = resume_.change({log_, name, valid_text(by, kMaxTextBytes)});
    write.commit();
    return static_cast<std::size_t>(nodes);
  });
}

// The conditions stand in the statement: one that comes back meanwhile is left alone.
void Nodes::say_goodbye_for_predecessors(const NodeReport& report,
                                         const std::vector<std::string>& gone) {
  Transaction write(session_, Begin::write);
  goodbye_of_predecessors_.change({log_, report.name, report.incarnation.to_string()});
  for (const std::string& incarnation : gone) {
    goodbye_.change({log_, incarnation});
    release_.change({log_, incarnation});
  }
  write.commit();
}

void Nodes::goodbye(const Guid& incarnation) {
  session_.call("goodbye", [&] {
    Transaction write(session_, Begin::write);
    goodbye_.change({log_, incarnation.to_string()});
    write.commit();
  });
}

std::vector<NodeRecord> Nodes::list() {
  return session_.call("read", [&] {
    std::vector<NodeRecord> nodes;
    {
      Rows rows = nodes_.run({log_});
      while (rows.step()) {
        nodes.push_back(node_of(rows));
      }
    }
    session_.require_in_place();
    return nodes;
  });
}

std::size_t Nodes::forget(std::string_view name) {
  return session_.call("forget", [&] {
    Transaction write(session_, Begin::write);
    const std::int64_t nodes = forget_nodes_.change({log_, name});
    const std::int64_t positions = positions_.forget(name);
    write.commit();
    return static_cast<std::size_t>(nodes + positions);
  });
}

std::size_t Nodes::forget_older(std::chrono::milliseconds age,
                                std::chrono::milliseconds position_age, const Fence& fence) {
  return session_.call("forget", [&] {
    Transaction write(session_, Begin::write);
    if (!fence_.holds(fence)) {
      return std::size_t{0};
    }
    const std::int64_t nodes = forget_old_nodes_.change({log_, age.count()});
    positions_.forget_older(position_age);
    write.commit();
    return static_cast<std::size_t>(nodes);
  });
}

}  // namespace crier::sql
