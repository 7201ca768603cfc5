// SPDX-License-Identifier: MIT
#include "poller/poller.hpp"

#include <crier/error.hpp>

#include "base/error_of.hpp"
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "poller/affected_refreshers.hpp"
#include "poller/continuity.hpp"
#include "poller/resync_requests.hpp"
#include "refresh/coalesce.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace crier {

namespace {

constexpr std::size_t kFew = 16;

}  // namespace

Poller::Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Position& position,
               OwnEntries& own, FencedProgress& progress, Settings settings)
    : store_(store),
      dispatcher_(dispatcher),
      reporter_(reporter),
      position_(position),
      own_(own),
      progress_(progress),
      settings_(std::move(settings)),
      number_(progress.take()),
      reading_(progress.reading()),
      ahead_(progress.ahead()) {
  reading_.tries = std::max(reading_.tries, 1);  // who had it may hang in what follows
}

InstructionLog& Poller::log() {
  if (connection_ == nullptr) {
    connect();
  }
  return connection_->log();
}

void Poller::connect() {
  try {
    connection_ = store_.connect(Access::read_only);
  } catch (const Error& error) {
    if (reading_.replaced && error.retryable()) {  // as long as others have open what is gone
      settings_.disconnect();
    }
    throw;
  }
}

bool Poller::step(const std::stop_token& stop) noexcept {
  try {
    const std::string error = error_of([&] { poll_once(stop); });
    if (error.empty()) {
      return true;
    }
    reading_.tries = std::max(reading_.tries, 1);
    read_error_ = error;
    reporter_.poll_failed(error);
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left to say it
  }
  connection_.reset();
  return false;
}

std::size_t Poller::poll_once(const std::stop_token& stop) {
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

std::size_t Poller::read_on(const std::stop_token& stop) {
  run_due(stop);  // first, since it needs no database
  if (go_ahead(stop)) {
    return 0;
  }
  std::size_t handled = 0;
  // Counting costs as much as reading `limit` rows: again after so many keeps it in proportion.
  std::size_t count_again_at = 0;
  // What was applied ahead is proved in any case: where the node stands is where it says.
  while (!stop.stop_requested() && (!is_paused() || !ahead_.empty())) {
    const auto looked_at = now();
    const bool was_ahead = !ahead_.empty();
    if (!may_read_on(stop) || resync_if_moved(stop) || resync_if_ahead_of_nothing(stop)) {
      continue;
    }
    if (handled >= count_again_at && may_exceed(page_, settings_.max_processing_instructions)) {
      count_again_at = handled + settings_.max_processing_instructions;
      if (skip_if_behind(stop)) {
        continue;
      }
    }
    // A look at who waits costs as much as some entries: few of those don't wait for it.
    const bool few = page_.entries.size() <= kFew;
    if (!few) {
      look_for_requests(looked_at);
    }
    const auto left =
        std::find_if(page_.entries.begin(), page_.entries.end(), [&](const Entry& entry) {
          return stop.stop_requested() || is_paused() || !handle(entry, stop);
        });
    handled += static_cast<std::size_t>(left - page_.entries.begin());
    // A ring that brought no entry may be that of who waits, and who is not heard rings again.
    // While every ring brings one, looks come as often as they would on an idle log.
    if (few && ((page_.entries.empty() && (!was_ahead || is_look_asked_)) ||
                looked_at - looked_for_requests_ >= settings_.longest_unasked)) {
      look_for_requests(looked_at);
    }
    if (left == page_.entries.end() && !page_.more) {
      reading_.tries = 0;
      look_for_ids(page_.ids_are_due, looked_at);
      const bool proved = !reading_.anew && !dispatcher_.position_limit() && !page_.ids_are_due;
      if (progress_.put(number_, reading_, [&] {
            position_.looked(looked_at, proved, !page_.ids_are_due);
            own_.pass(reading_.cursor.id);
          })) {
        reporter_.polled();
      }
      break;
    }
  }
  return handled;
}

template <class First>
bool Poller::show(First first) {
  const std::optional<Cursor> before = dispatcher_.position_limit();
  if (reading_.anew && before) {  // what the resync stands for is not all refreshed yet
    return progress_.put(number_, reading_, [&] {
      first();
      position_.read_through(reading_.cursor, reading_.anew);
    });
  }
  const bool anew = std::exchange(reading_.anew, false);
  const bool mine = progress_.put(number_, reading_, [&] {
    first();
    position_.read_through(reading_.cursor, anew);
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

void Poller::run_due(const std::stop_token& stop) {
  dispatcher_.run_due(
      number_, stop, [this] { position_.stir(); }, [this] { return is_paused(); });
  if (!stop.stop_requested() && !is_paused() && reading_.resync) {
    // Kept, and told before the position moves: see handle().
    const auto resync = std::exchange(reading_.resync, std::nullopt);
    if (!keep()) {
      return;
    }
    reporter_.resynced(*resync);
  }
  show([] {});
}

bool Poller::handle(const Entry& entry, const std::stop_token& stop) {
  const Cursor here{entry.id, entry.fingerprint()};
  if (reading_.next != here) {  // another row may have taken the place of the one that was begun
    reading_.next = here;
    reading_.begun = 0;
  }
  const bool delivered = own_.contains(entry);
  if (!delivered || settings_.followers != nullptr) {
    decode_entry(entry);
  }
  if (!tell_followers(here, delivered) || (!delivered && !apply(entry, stop))) {
    return false;
  }
  return pass(here, delivered, is_canary(entry.json_instruction), stop);
}

bool Poller::pass(const Cursor& entry, bool delivered, bool is_canary,
                  const std::stop_token& stop) {
  reading_.cursor = entry;
  reading_.tries = 0;
  // Before the position moves: whoever waits for that may look at the counts.
  const auto count = [&] {
    if (is_canary) {
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

bool Poller::apply(const Entry& entry, const std::stop_token& stop) {
  const int tries = std::exchange(reading_.tries, 0);  // it could be read
  const Source source{entry.id, entry.originated, decoded_.chain};
  while (reading_.begun < kept_.size()) {
    if (stop.stop_requested()) {
      return false;
    }
    position_.still_here();
    const std::size_t index = kept_[reading_.begun++];
    const Instruction& instruction = decoded_.instructions[index];
    try {
      if (instruction.refresher == kResyncRequest) {
        take(resync_request_of(instruction), source);
      } else if (instruction.refresher == kAuditRequest) {
        take_audit(instruction, source.entry);
      } else {
        dispatcher_.apply(instruction, index, source,
                          {number_, reading_.cursor, false, [this] { return keep(); }});
      }
    } catch (...) {  // as when memory is short: then nobody else remembers it
      --reading_.begun;
      reading_.tries = tries;
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

bool Poller::keep() {
  return progress_.put(number_, reading_, [this] {
    position_.still_here();
    position_.read_through(reading_.cursor, reading_.anew);
  });
}

void Poller::look_for_requests(std::chrono::steady_clock::time_point at) {
  looked_for_requests_ = at;
  try {
    if (requests_.look(connection_->nodes(), position_.entry())) {
      settings_.publish_position();
    }
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the next beat answers whoever waits
  }
}

void Poller::look_for_ids(bool are_due, std::chrono::steady_clock::time_point at) {
  if (!are_due) {
    ids_due_since_.reset();
    return;
  }
  ids_due_since_ = ids_due_since_.value_or(at);
  settings_.ids_are_due(at - *ids_due_since_ >= settings_.longest_unasked);
}

}  // namespace crier
