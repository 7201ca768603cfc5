// SPDX-License-Identifier: MIT
#include "poller/poller.hpp"

#include <crier/error.hpp>

#include "base/position.hpp"
#include "base/reporter.hpp"
#include "refresh/coalesce.hpp"
#include "refresh/dispatcher.hpp"

#include <cstdint>
#include <exception>
#include <limits>
#include <set>
#include <utility>

namespace crier {

namespace {

std::string number(EntryId id) { return std::to_string(id.value); }

}  // namespace

Poller::Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Position& position,
               Settings settings)
    : store_(store),
      dispatcher_(dispatcher),
      reporter_(reporter),
      position_(position),
      settings_(std::move(settings)) {}

InstructionLog& Poller::log() {
  if (connection_ == nullptr) {
    connection_ = store_.connect(Access::read_only);
  }
  return connection_->log();
}

void Poller::start(ColdStart cold_start) {
  if (cold_start == ColdStart::refresh_all) {
    resync(ResyncReason::first_start, "asked for at start");
  } else {
    move_to(log().newest());
  }
}

void Poller::resume(const std::optional<Cursor>& cursor) {
  if (!cursor) {
    resync(ResyncReason::first_start, "no position was kept that could be trusted");
    return;
  }
  move_to(*cursor);
  // Before the application fills its caches, not with the first poll.
  resync_if_moved(log().read_after(cursor->id, {.entries = 1}));
}

bool Poller::step(const std::stop_token& stop) noexcept {
  try {
    poll_once(stop);
    return true;
  } catch (const std::exception& error) {
    reporter_.poll_failed(error.what());
  } catch (...) {
    reporter_.poll_failed("what was thrown is not a std::exception");
  }
  connection_.reset();
  return false;
}

std::size_t Poller::poll_once(const std::stop_token& stop) {
  std::size_t handled = 0;
  // Counting the backlog costs as much as reading `limit` rows at the most; looking again after so
  // many keeps that in proportion.
  std::size_t count_again_at = 0;
  while (!stop.stop_requested()) {
    // From the cursor's own row on, not after it: that row is the anchor. The statement has ended
    // when a refresher runs, so that no refresher holds up a writer or a checkpoint.
    const Page page = log().read_after(cursor_.id);
    if (resync_if_moved(page)) {
      continue;
    }
    look_for_asks();
    if (page.entries.empty()) {
      position_.still_here();
      reporter_.polled();
      break;
    }
    if (handled >= count_again_at) {
      count_again_at = handled + settings_.max_processing_instructions;
      if (resync_if_behind()) {
        continue;
      }
    }
    for (const Entry& entry : page.entries) {
      if (stop.stop_requested() || !handle(entry, stop)) {
        break;
      }
      ++handled;
    }
  }
  return handled;
}

// Ids become visible in their order and without holes (store.hpp), so a row that is gone, changed
// or left out means that this node missed something. Cursor 0 has no row.
bool Poller::resync_if_moved(const Page& page) {
  if (cursor_.id.value != 0) {
    if (!page.anchor) {
      const EntryId pruned_through = log().pruned_through();
      if (pruned_through >= cursor_.id) {
        resync(ResyncReason::pruned, "entries up to " + number(pruned_through) +
                                         " were pruned while this node stood at entry " +
                                         number(cursor_.id));
      } else {
        resync(ResyncReason::anchor_gone,
               "entry " + number(cursor_.id) +
                   " is no longer in the log: it was restored, truncated or replaced");
      }
      return true;
    }
    if (*page.anchor != cursor_.fingerprint) {
      resync(ResyncReason::anchor_changed,
             "entry " + number(cursor_.id) +
                 " is not the one that was read: the log was restored "
                 "or made anew");
      return true;
    }
  }
  std::int64_t expected = cursor_.id.value;
  for (const Entry& entry : page.entries) {
    if (entry.id.value != ++expected) {
      resync(ResyncReason::hole,
             "entry " + std::to_string(expected) + " is missing before entry " + number(entry.id));
      return true;
    }
  }
  return false;
}

bool Poller::resync_if_behind() {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (settings_.max_processing_instructions >= kMax) {
    return false;
  }
  const auto limit = static_cast<std::int64_t>(settings_.max_processing_instructions);
  if (log().backlog(cursor_.id, limit, settings_.originated) <= limit) {
    return false;
  }
  resync(ResyncReason::backlog, "more than " + std::to_string(limit) +
                                    " instructions were waiting after entry " + number(cursor_.id));
  return true;
}

void Poller::resync(ResyncReason reason, std::string detail) {
  // The place first: what commits during the refresh is read after it.
  const Cursor newest = log().newest();
  dispatcher_.refresh_everything({newest.id, settings_.originated});
  move_to(newest);
  reporter_.resynced({reason, std::move(detail), newest.id});
}

bool Poller::handle(const Entry& entry, const std::stop_token& stop) {
  // Exact comparison: another incarnation under the same name is another node.
  const bool own = entry.originated == settings_.originated;
  if (!own) {
    const Decoded decoded = decode(entry.json_instruction);
    const Source source{entry.id, entry.originated};
    for (const std::size_t i : coalesce(decoded.instructions)) {
      if (stop.stop_requested()) {
        return false;
      }
      dispatcher_.apply(decoded.instructions[i], i, source);
    }
    if (!decoded.problems.empty()) {
      refresh_concerned(decoded.problems, source);
    }
  }
  cursor_ = {entry.id, entry.fingerprint()};
  position_.advance(cursor_);
  if (asks_.reached(entry.id)) {
    publish_position();
  }
  reporter_.entry_read(own);
  return true;
}

void Poller::refresh_concerned(std::span<const DecodeProblem> problems, const Source& source) {
  std::set<Guid> concerned;
  bool anyone = false;
  for (const DecodeProblem& problem : problems) {
    if (problem.refresher) {
      concerned.insert(*problem.refresher);
    } else {
      anyone = true;
    }
  }
  const DecodeProblem& first = problems.front();
  const std::size_t others = problems.size() - 1;
  const std::string what =
      first.what + (others == 0 ? "" : " (and " + std::to_string(others) + " more)");
  reporter_.failed(
      {FailureKind::unreadable, source, 0, first.refresher.value_or(Guid()), {}, what});
  if (anyone) {
    dispatcher_.refresh_everything(source);
    reporter_.resynced({ResyncReason::unreadable_entry, what, source.entry});
    return;
  }
  for (const Guid& refresher : concerned) {
    dispatcher_.apply(Instruction::refresh_all(refresher), 0, source);
  }
}

void Poller::move_to(const Cursor& cursor) {
  cursor_ = cursor;
  position_.reset(cursor);
  publish_position();
}

void Poller::publish_position() const {
  if (settings_.publish_position) {
    settings_.publish_position();
  }
}

void Poller::look_for_asks() {
  try {
    if (asks_.look(connection_->nodes(), cursor_.id)) {
      publish_position();
    }
  } catch (const Error&) {
    // Whoever waits is answered with the next beat; no instruction is to be held up for that.
  }
}

}  // namespace crier
