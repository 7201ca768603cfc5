// SPDX-License-Identifier: MIT
#include "store/sql/history.hpp"

#include "base/utf8.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace crier::sql {

namespace {

// Marks that are recorded before it is looked for those that are too many, which reads all.
constexpr std::size_t kMarksBetween = 64;

}  // namespace

void EventHistory::record(std::span<const EventRecord> events) {
  if (events.empty()) {
    return;
  }
  session_.call("record", [&] {
    Transaction write(session_, Begin::write);
    for (const EventRecord& event : events) {
      // Whatever it holds: one that is refused would take the others along.
      const std::string detail = valid_text(event.detail, kMaxTextBytes);
      record_.change(
          {log_, event.kind, event.node, event.incarnation.to_string(), detail, event.age.count()});
    }
    write.commit();
  });
}

std::size_t EventHistory::record_silent(std::chrono::milliseconds watched) {
  return session_.call("record", [&]() -> std::size_t {
    {
      Rows row = any_silent_.run({log_, watched.count()});
      if (!row.step()) {
        return 0;
      }
    }
    Transaction write(session_, Begin::write);
    const std::int64_t count = record_silent_.change({log_, watched.count()});
    write.commit();
    return static_cast<std::size_t>(count);
  });
}

std::vector<EventRecord> EventHistory::events(const EventQuery& query) {
  return session_.call("read", [&] {
    std::vector<EventRecord> events;
    Rows row = events_.run({log_, query.node, query.kind, query.since.count(),
                            static_cast<std::int64_t>(std::min(query.limit, kMaxEvents))});
    while (row.step()) {
      EventRecord event;
      event.id = row.integer(0);
      event.utc_stamp = row.text(1);
      event.kind = row.text(2);
      event.node = row.text(3);
      event.incarnation = Guid::parse(row.text(4)).value_or(Guid());
      event.detail = row.text(5);
      events.push_back(std::move(event));
    }
    std::ranges::reverse(events);
    return events;
  });
}

void EventHistory::declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) {
  session_.call("declare", [&] {
    const std::string incarnation = node.incarnation.to_string();
    Transaction write(session_, Begin::write);
    undeclare_.change({log_, node.name, incarnation});
    for (const RefresherRecord& one : refreshers) {
      declare_.change({log_, node.name, incarnation, one.refresher.to_string(),
                       valid_text(one.name, kMaxTextBytes)});
    }
    write.commit();
  });
}

std::vector<RefresherRecord> EventHistory::refreshers() {
  return session_.call("read", [&] {
    std::vector<RefresherRecord> refreshers;
    Rows row = refreshers_.run({log_});
    while (row.step()) {
      RefresherRecord one;
      one.refresher = Guid::parse(row.text(0)).value_or(Guid());
      one.name = row.text(1);
      one.node = row.text(2);
      one.incarnation = Guid::parse(row.text(3)).value_or(Guid());
      one.state = row.flag(4)   ? NodeState::stopped
                  : row.flag(5) ? NodeState::live
                                : NodeState::stale;
      refreshers.push_back(std::move(one));
    }
    return refreshers;
  });
}

// One statement, but for a few: each start's first, and now and then those that drop what is too
// much.
void EventHistory::record_progress(const NodeReport& node, std::span<const ProgressMark> marks,
                                   bool anew) {
  session_.call("record", [&] {
    const std::string incarnation = node.incarnation.to_string();
    if (marks.size() == 1 && !anew) {
      record(node, marks.front());
    } else {
      Transaction write(session_, Begin::write);
      if (anew) {
        restart_progress_.change({log_, node.name, incarnation});
      }
      for (const ProgressMark& mark : marks) {
        record(node, mark);
      }
      write.commit();
    }
    if (marks_++ % kMarksBetween == 0) {
      forget_excess_progress_.change({log_, node.name, static_cast<std::int64_t>(kMaxMarks) - 1});
    }
  });
}

void EventHistory::record(const NodeReport& node, const ProgressMark& mark) {
  record_progress_.change(
      {log_, node.name, node.incarnation.to_string(), mark.position.value, mark.at.count()});
}

std::vector<Passage> EventHistory::passages(EntryId entry) {
  return session_.call("read", [&] {
    std::vector<Passage> passages;
    Rows row = passages_.run({log_, entry.value});
    const auto mark = [&](int column) {
      return row.is_null(column)
                 ? std::nullopt
                 : std::optional(ProgressMark{{row.integer(column)},
                                              std::chrono::milliseconds(row.integer(column + 1))});
    };
    while (row.step()) {
      passages.push_back({Guid::parse(row.text(0)).value_or(Guid()),
                          mark(4),
                          mark(6),
                          {row.integer(1)},
                          {row.integer(2)},
                          std::chrono::milliseconds(row.integer(3))});
    }
    return passages;
  });
}

void EventHistory::forget_old(const Fence& fence) {
  session_.call("forget", [&] {
    Transaction write(session_, Begin::write);
    if (!fence_.holds(fence)) {
      return;
    }
    forget_events_.change({log_, static_cast<std::int64_t>(kMaxEvents)});
    forget_refreshers_.change({log_});
    forget_progress_.change({log_});
    write.commit();
  });
}

}  // namespace crier::sql
