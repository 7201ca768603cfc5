// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_nodes.hpp"

#include "base/deadline.hpp"
#include "base/process.hpp"
#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string>

namespace crier::sqlite {
namespace {

using Age = std::chrono::milliseconds;

std::int64_t integer(std::uint64_t count) { return static_cast<std::int64_t>(count); }

Guid guid_of(const SQLite::Column& column) {
  return Guid::parse(column.getString()).value_or(Guid());
}

// A line each.
std::string joined(const std::vector<std::string>& sentences) {
  std::string lines;
  for (const std::string& sentence : sentences) {
    lines += lines.empty() ? "" : "\n";
    std::replace_copy(sentence.begin(), sentence.end(), std::back_inserter(lines), '\n', ' ');
  }
  return lines;
}

std::vector<std::string> split(const std::string& lines) {
  std::vector<std::string> sentences;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    sentences.push_back(line);
  }
  return sentences;
}

// Of a row of kNodes.
NodeRecord record_of(const SQLite::Statement& row) {
  const auto text = [&](int column) { return row.getColumn(column).getString(); };
  const auto number = [&](int column) { return row.getColumn(column).getInt64(); };
  const auto count = [&](int column) { return static_cast<std::uint64_t>(number(column)); };
  const auto flag = [&](int column) { return number(column) != 0; };
  const auto age = [&](int column) { return Age(number(column)); };

  NodeRecord node;
  node.name = text(0);
  node.incarnation = guid_of(row.getColumn(1));
  node.host = text(2);
  node.application = text(3);
  node.version = text(4);
  node.pid = number(5);
  node.interval = age(6);
  node.role = static_cast<Role>(number(7));
  node.position = {number(8)};
  node.durable = flag(9);
  node.poller_alive = flag(10);
  node.last_error = text(11);
  node.applied = count(12);
  node.failed = count(13);
  node.resyncs = count(14);
  if (flag(15)) {
    node.state = NodeState::stopped;
  } else {
    node.state = flag(16) ? NodeState::live : NodeState::stale;
  }
  node.beat_age = age(17);
  node.uptime = age(18);
  node.error_age = age(19);
  node.lag = number(20);
  node.proof_age = age(21);
  node.canary = {number(22)};
  node.troubles = split(text(23));
  node.quarantined = number(24);
  return node;
}

}  // namespace

// Only the one row is written under the lock, for which publishers wait; what is around is read
// afterwards. Of two that begin at once, the later to commit sees the other.
Surroundings SqliteNodes::beat(const NodeReport& report) {
  return database_.call("beat", [&] {
    const std::string self = report.incarnation.to_string();
    Surroundings around;
    around.gap = write_beat(report);
    bool has_predecessors = false;
    std::vector<std::string> gone;
    {
      Statement::Run row = namesakes_.run(log_, report.name, self);
      while (row->executeStep()) {
        const bool live = row->getColumn(2).getInt() != 0;
        const bool beaten_since = row->getColumn(3).getInt() != 0;
        has_predecessors |= !live && !beaten_since;
        if (process_is_gone(row->getColumn(5).getString())) {
          gone.push_back(row->getColumn(4).getString());
          continue;
        }
        if (live && beaten_since && around.namesake.empty()) {
          around.namesake = "host " + row->getColumn(0).getString() + ", pid " +
                            std::to_string(row->getColumn(1).getInt64());
        }
      }
    }
    if (has_predecessors || !gone.empty()) {
      say_goodbye_for_predecessors(report, gone);
    }
    Statement::Run row = alone_.run(log_, self);
    row->executeStep();
    around.alone = row->getColumn(0).getInt() != 0;
    return around;
  });
}

std::chrono::milliseconds SqliteNodes::write_beat(const NodeReport& report) {
  const std::string self = report.incarnation.to_string();
  Age gap{0};
  Write write(database_);
  // Under the lock: the time that this one had to wait for it counts.
  if (Statement::Run row = gap_.run(log_, report.name, self); row->executeStep()) {
    gap = Age(row->getColumn(0).getInt64());
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
void SqliteNodes::say_goodbye_for_predecessors(const NodeReport& report,
                                               const std::vector<std::string>& gone) {
  Write write(database_);
  goodbye_of_predecessors_.change(log_, report.name, report.incarnation.to_string());
  for (const std::string& incarnation : gone) {
    goodbye_.change(log_, incarnation);
    release_.change(log_, incarnation);
  }
  write.commit();
}

void SqliteNodes::goodbye(const Guid& incarnation) {
  database_.call("goodbye", [&] {
    Write write(database_);
    goodbye_.change(log_, incarnation.to_string());
    write.commit();
  });
}

std::vector<NodeRecord> SqliteNodes::list() {
  return database_.call("read", [&] {
    std::vector<NodeRecord> nodes;
    {
      Statement::Run rows = nodes_.run(log_);
      while (rows->executeStep()) {
        nodes.push_back(record_of(*rows));
      }
    }
    database_.require_in_place();
    return nodes;
  });
}

std::size_t SqliteNodes::forget(std::string_view name) {
  return database_.call("forget", [&] {
    Write write(database_);
    const int nodes = forget_nodes_.change(log_, std::string(name));
    const int positions = forget_position_.change(log_, std::string(name));
    write.commit();
    return static_cast<std::size_t>(nodes + positions);
  });
}

std::size_t SqliteNodes::forget_older(std::chrono::milliseconds age,
                                      std::chrono::milliseconds position_age, const Fence& fence) {
  return database_.call("forget", [&] {
    Write write(database_);
    if (!fence_.holds(fence)) {
      return std::size_t{0};
    }
    const int nodes = forget_old_nodes_.change(log_, age.count());
    forget_old_positions_.change(log_, position_age.count());
    write.commit();
    return static_cast<std::size_t>(nodes);
  });
}

PositionClaim SqliteNodes::claim_position(const NodeReport& report) {
  return database_.call("claim", [&] {
    const std::string self = report.incarnation.to_string();
    PositionClaim claim;
    claim.owned = true;
    Write write(database_);
    {
      Statement::Run row = position_.run(log_, report.name);
      if (row->executeStep()) {
        const bool live = row->getColumn(5).getInt() != 0;
        claim.contended = row->getColumn(4).getInt() != 0;
        claim.owned = !live || row->getColumn(0).getString() == self ||
                      process_is_gone(row->getColumn(1).getString());
        if (claim.owned && !claim.contended && !row->isColumnNull(2)) {
          claim.cursor = Cursor{{row->getColumn(2).getInt64()},
                                {static_cast<std::uint64_t>(row->getColumn(3).getInt64())}};
        }
      }
    }
    if (claim.owned) {
      own_position_.change(log_, report.name, self, report.process);
    }
    write.commit();
    return claim;
  });
}

bool SqliteNodes::save_position(const NodeReport& report, const Cursor& cursor, bool reset) {
  return database_.call("save", [&] {
    const std::string self = report.incarnation.to_string();
    Write write(database_);
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

std::int64_t SqliteNodes::ask(EntryId entry, std::chrono::milliseconds timeout) {
  return database_.call("ask", [&] {
    Write write(database_);
    forget_asks_.change();
    ask_.change(log_, entry.value, bounded(timeout).count());
    const std::int64_t serial = database_.handle().getLastInsertRowid();
    write.commit();
    wakeup_.ring();
    return serial;
  });
}

void SqliteNodes::answered(std::int64_t serial) {
  database_.call("answer", [&] {
    Write write(database_);
    answered_.change(log_, serial);
    write.commit();
  });
}

std::vector<Ask> SqliteNodes::asks() {
  return database_.call("read", [&] {
    std::vector<Ask> asks;
    try {
      Statement::Run rows = asks_.run(log_);
      while (rows->executeStep()) {
        asks.push_back({rows->getColumn(0).getInt64(), {rows->getColumn(1).getInt64()}});
      }
    } catch (const SQLite::Exception& error) {
      // As it is beside another program's table, unless crier's own were put there.
      if (!is_missing_node_table(error)) {
        throw;
      }
    }
    return asks;
  });
}

}  // namespace crier::sqlite
