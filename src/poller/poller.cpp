// SPDX-License-Identifier: MIT
#include "poller/poller.hpp"

#include <crier/error.hpp>

#include "base/delivered.hpp"
#include "base/error_of.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "poller/affected_refreshers.hpp"
#include "poller/continuity.hpp"
#include "refresh/coalesce.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace crier {

namespace {

// As many as make what a read costs by itself count for little.
constexpr ReadLimits kPage{.entries = 512};
constexpr std::size_t kFew = 16;

}  // namespace

Poller::Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Position& position,
               Delivered& delivered, FencedProgress& progress, Settings settings)
    : store_(store),
      dispatcher_(dispatcher),
      reporter_(reporter),
      position_(position),
      delivered_(delivered),
      progress_(progress),
      settings_(std::move(settings)),
      number_(progress.take()),
      reading_(progress.reading()) {}

[[gnu::hot]] InstructionLog& Poller::log() {
  if (connection_ == nullptr) {
    connection_ = store_.connect(Access::read_only);
  }
  return connection_->log();
}

[[gnu::hot]] bool Poller::step(const std::stop_token& stop) noexcept {
  try {
    const std::string error = error_of([&] { poll_once(stop); });
    if (error.empty()) {
      return true;
    }
    reporter_.poll_failed(error);
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left to say it
  }
  connection_.reset();
  return false;
}

[[gnu::hot]] std::size_t Poller::poll_once(const std::stop_token& stop) {
  try {
    return drain(stop);
  } catch (const Error& error) {
    if (!error.replaced()) {
      throw;
    }
    reading_.replaced = error.what();
    keep();
    connection_.reset();
  }
  return drain(stop);
}

[[gnu::hot]] std::size_t Poller::drain(const std::stop_token& stop) {
  run_due(stop);  // first, since it needs no database
  std::size_t handled = 0;
  // Counting costs as much as reading `limit` rows: again after so many keeps it in proportion.
  std::size_t count_again_at = 0;
  while (!stop.stop_requested()) {
    const auto looked_at = Position::Clock::now();
    // From the cursor's own row on: the anchor. The statement has ended when a refresher runs.
    log().read_after(reading_.cursor.id, kPage, page_);
    if (resync_if_moved(page_, stop)) {
      continue;
    }
    if (handled >= count_again_at && may_exceed(page_, settings_.max_processing_instructions)) {
      count_again_at = handled + settings_.max_processing_instructions;
      if (resync_if_behind(stop)) {
        continue;
      }
    }
    // A look at who waits costs as much as some entries: few of those don't wait for it.
    const bool few = page_.entries.size() <= kFew;
    if (!few) {
      look_for_requests(looked_at);
    }
    const auto left = std::find_if(
        page_.entries.begin(), page_.entries.end(),
        [&](const Entry& entry) { return stop.stop_requested() || !handle(entry, stop); });
    handled += static_cast<std::size_t>(left - page_.entries.begin());
    // A ring that brought no entry may be that of who waits, and who is not heard rings again.
    // While every ring brings one, looks come as often as they would on an idle log.
    if (few &&
        (page_.entries.empty() || looked_at - looked_for_requests_ >= settings_.longest_unasked)) {
      look_for_requests(looked_at);
    }
    if (left == page_.entries.end() && !page_.more) {
      const bool proved = !reading_.anew && !dispatcher_.position_limit();
      if (progress_.put(number_, reading_, [&] { position_.looked(looked_at, proved); })) {
        reporter_.polled();
      }
      break;
    }
  }
  return handled;
}

[[gnu::hot]] bool Poller::resync_if_moved(const Page& page, const std::stop_token& stop) {
  const std::optional<Discontinuity> missed =
      reading_.replaced ? Discontinuity{ResyncReason::replaced, *reading_.replaced, true}
                        : find_break(reading_.cursor, page, log());
  if (!missed) {
    return false;
  }
  const bool mine = progress_.put(number_, reading_, [&] {
    if (missed->is_other_log) {
      position_.lose();
    }
  });
  if (mine) {
    resync(missed->reason, missed->detail, stop);
  }
  return true;
}

bool Poller::resync_if_behind(const std::stop_token& stop) {
  const auto limit = static_cast<std::int64_t>(settings_.max_processing_instructions);
  const EntryId after = reading_.cursor.id;
  if (log().backlog(after, limit, settings_.originated) <= limit) {
    return false;
  }
  resync(ResyncReason::backlog,
         "more than " + std::to_string(limit) + " instructions were waiting after entry " +
             after.to_string(),
         stop);
  return true;
}

void Poller::resync(ResyncReason reason, std::string detail, const std::stop_token& stop) {
  // The place first: what commits during the refreshes is read after it.
  const Cursor newest = log().newest();
  if (!keep()) {
    return;
  }
  const Missed missed{reading_.cursor.id, newest.id};
  dispatcher_.refresh_everything({newest.id, settings_.originated}, position_.state().cursor);
  position_.saw_canary(newest.id);
  reading_ = {newest, {}, 0, true, Resync{reason, std::move(detail), newest.id}, {}};
  if (!keep()) {
    return;
  }
  // Once it is kept: an observer that hangs in this does not hang the next poller, too.
  if (reason != ResyncReason::first_start) {
    reporter_.missed(missed, reason);
  }
  run_due(stop);
}

template <class First>
bool Poller::show(First first) {
  const std::optional<Cursor> before = dispatcher_.position_limit();
  if (reading_.anew && before) {  // what the resync stands for is not all refreshed yet
    return progress_.put(number_, reading_, first);
  }
  const bool anew = std::exchange(reading_.anew, false);
  const bool mine = progress_.put(number_, reading_, [&] {
    first();
    if (anew) {
      position_.reset(reading_.cursor);
    } else if (!before) {
      position_.advance(reading_.cursor);
    } else if (before->id <= reading_.cursor.id) {  // else it is of a log that was replaced
      position_.advance(*before);
    }
  });
  if (mine && (anew || (requests_.any_ahead() && requests_.reached(position_.entry())))) {
    settings_.publish_position();
  }
  return mine;
}

[[gnu::hot]] void Poller::run_due(const std::stop_token& stop) {
  dispatcher_.run_due(number_, stop, [this] { position_.still_here(); });
  show([] {});
  if (stop.stop_requested() || !reading_.resync) {
    return;
  }
  const auto resync = std::exchange(reading_.resync, std::nullopt);
  if (keep()) {
    reporter_.resynced(*resync);
  }
}

[[gnu::hot]] bool Poller::handle(const Entry& entry, const std::stop_token& stop) {
  // Exact comparison: another incarnation under the same name is another node.
  const Cursor here{entry.id, entry.fingerprint()};
  if (reading_.next != here) {  // another row may have taken the place of the one that was begun
    reading_.next = here;
    reading_.begun = 0;
  }
  const bool own = entry.originated == settings_.originated;
  // What this node wrote in a transaction of the application's bears its name and a number.
  const bool delivered = own || (entry.originated.starts_with(settings_.originated) &&
                                 delivered_.take(entry.originated, entry.id));
  if (!delivered && !apply(entry, stop)) {
    return false;
  }
  reading_.cursor = here;
  // Before the position moves: whoever waits for that may look at the counts.
  const auto count = [&] {
    if (is_canary(entry.json_instruction)) {
      position_.saw_canary(entry.id);
    }
    reporter_.entry_read(delivered);
  };
  if (dispatcher_.is_idle() && !reading_.resync) {
    return show(count);
  }
  if (!keep()) {
    return false;
  }
  count();
  run_due(stop);
  return true;
}

[[gnu::hot]] bool Poller::apply(const Entry& entry, const std::stop_token& stop) {
  decode(entry.json_instruction, decoded_);
  const Source source{entry.id, entry.originated};
  coalesce(decoded_.instructions, kept_);
  while (reading_.begun < kept_.size()) {
    if (stop.stop_requested()) {
      return false;
    }
    const std::size_t index = kept_[reading_.begun++];
    try {
      dispatcher_.apply(decoded_.instructions[index], index, source,
                        {number_, reading_.cursor, false, [this] { return keep(); }});
    } catch (...) {  // as when memory is short: then nobody else remembers it
      --reading_.begun;
      keep();
      throw;
    }
  }
  if (!decoded_.problems.empty() && reading_.begun == kept_.size()) {
    give_up(decoded_.problems, source);
  }
  return true;
}

void Poller::give_up(std::span<const DecodeProblem> problems, const Source& source) {
  const AffectedRefreshers affected = affected_refreshers(problems);
  if (affected.anyone) {
    dispatcher_.refresh_everything(source, reading_.cursor);
    reading_.resync = Resync{ResyncReason::unreadable_entry, affected.what, source.entry};
  }
  for (const Guid& guid : affected.refreshers) {
    dispatcher_.refresh(guid, source, reading_.cursor);
  }
  // Told once it is due, and kept: whoever hangs in being told loses nothing, and hangs but once.
  ++reading_.begun;
  if (keep()) {
    dispatcher_.give_up({FailureKind::unreadable, source, 0, affected.first, {}, affected.what},
                        reading_.cursor, {});
  }
}

[[gnu::hot]] bool Poller::keep() {
  return progress_.put(number_, reading_, [this] { position_.still_here(); });
}

void Poller::look_for_requests(std::chrono::steady_clock::time_point now) {
  looked_for_requests_ = now;
  try {
    if (requests_.look(connection_->nodes(), position_.entry())) {
      settings_.publish_position();
    }
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the next beat answers whoever waits
  }
}

}  // namespace crier
