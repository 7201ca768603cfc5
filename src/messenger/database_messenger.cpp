// SPDX-License-Identifier: MIT
#include "messenger/database_messenger.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "base/log_followers.hpp"
#include "base/own_entries.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "messenger/local_delivery.hpp"
#include "refresh/dispatcher.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace crier {

namespace {

// More are forgotten, which costs a local delivery at times.
constexpr std::size_t kMostBehind = 1000;

}  // namespace

DatabaseMessenger::DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter,
                                     OwnEntries& own, const Position& position, EntryLimits limits,
                                     const LogFollowers* followers)
    : store_(store),
      dispatcher_(dispatcher),
      reporter_(reporter),
      own_(own),
      position_(position),
      limits_(limits),
      followers_(followers),
      log_(store, own),
      settling_(store) {}

EntryId DatabaseMessenger::publish(const Publication& publication) {
  const std::vector<Guid> chain = dispatcher_.publish_chain();
  // Encoded first: what is too large is refused before any refresher has run.
  const std::string originated = own_.originated();
  std::vector<NewEntry> entries =
      make_entries(publication.instructions, originated, limits_, chain);
  const std::size_t count = entries.size();
  deliver_locally(dispatcher_, publication, originated, chain, publisher());
  const auto begun = std::chrono::steady_clock::now();
  const EntryId last = log_.append(std::move(entries));
  reporter_.appended(std::chrono::steady_clock::now() - begun);
  tell_published(last, count, publication);
  return last;
}

void DatabaseMessenger::tell_published(EntryId last, std::size_t entries,
                                       const Publication& publication) {
  if (followers_ != nullptr) {
    followers_->published(last, publication.instructions);
  }
  dispatcher_.published(entries);
  reporter_.published(last, entries);
}

WrittenInTransaction DatabaseMessenger::write_in(ApplicationConnection connection,
                                                 const Publication& publication) {
  // Not this node's own origin: the poller passes that over, and these have yet to run. One for
  // each write, since after a rollback the same ids may be another's.
  std::vector<Guid> chain = dispatcher_.publish_chain();
  std::string originated = own_.originated() + '/' + std::to_string(++writes_);
  const std::vector<NewEntry> entries =
      make_entries(publication.instructions, originated, limits_, chain);
  const EntryId position = position_.entry();
  const RidingIds ids = store_.append_in(connection, entries);
  if (ids.last ? position >= *ids.last : position > ids.after) {
    const std::lock_guard lock(settling_mutex_);
    while (behind_.size() >= kMostBehind) {  // which were rolled back, most likely
      behind_.erase(behind_.begin());
    }
    behind_[originated] = position;
  }
  return {ids, entries.size(), std::move(originated), std::move(chain)};
}

void DatabaseMessenger::many_in_transaction(std::size_t entries) {
  if (!told_of_many_.exchange(true)) {
    reporter_.log(LogLevel::warning,
                  "a transaction has written " + std::to_string(entries) +
                      " entries: its commit takes long, and others who publish wait for it; "
                      "collect more instructions before each write(), or refresh all (said once)");
  }
}

std::optional<EntryId> DatabaseMessenger::committed(const Publication& publication,
                                                    const WrittenInTransaction& written) {
  std::exception_ptr unknown;
  std::vector<EntryId> ids;
  bool is_handed_over = false;
  try {
    ids = ids_of(written, is_handed_over);
    if (ids.empty()) {
      return std::nullopt;
    }
  } catch (...) {  // it may well have been committed
    unknown = std::current_exception();
  }
  const std::optional<EntryId> last = ids.empty() ? std::nullopt : std::optional(ids.front());
  // Meanwhile the poller may run them as well: better twice than not at all.
  const bool is_ahead = last && (position_.entry() < *last || was_passed(written, *last));
  if (is_ahead || unknown != nullptr) {
    deliver_locally(dispatcher_, publication, written.originated, written.chain, publisher());
  }
  if (is_ahead && ids.size() == written.entries) {
    own_.add(written.originated, ids);
  }
  if (is_handed_over) {
    store_.wakeup().ring_with_entries();
  } else {
    store_.wakeup().ring_others();
  }
  if (unknown != nullptr) {
    std::rethrow_exception(unknown);
  }
  tell_published(*last, written.entries, publication);
  return last;
}

// Ids that were given before the commit may have been rolled back with it, and be another's by now.
std::vector<EntryId> DatabaseMessenger::ids_of(const WrittenInTransaction& written,
                                               bool& is_handed_over) {
  const EntryId after =
      written.ids.last
          ? EntryId{written.ids.last->value - static_cast<std::int64_t>(written.entries)}
          : written.ids.after;
  const std::lock_guard lock(settling_mutex_);
  return settling_.run([&](Connection& connection) {
    InstructionLog& log = connection.log();
    std::vector<EntryId> ids = log.find_written(after, written.originated, written.entries + 1);
    // Most have their ids since the commit. Of several the first may have theirs before the last.
    if (ids.size() < written.entries && !written.ids.last) {
      log.assign_pending_ids();
      ids = log.find_written(after, written.originated, written.entries + 1);
    }
    if (!ids.empty()) {
      const std::optional<Cursor> here = log.heads(ids.front()).here;
      ids.front() = here ? ids.front().with(here->fingerprint) : ids.front();
      is_handed_over = log.hand_over(ids.front(), ids.size());
    }
    return ids;
  });
}

// If it was, the id is of a log that was restored since, and the position is not.
bool DatabaseMessenger::was_passed(const WrittenInTransaction& written, EntryId id) {
  const std::lock_guard lock(settling_mutex_);
  const auto node = behind_.extract(written.originated);
  return !node.empty() && node.mapped() >= id;
}

ServerMessenger::Standing DatabaseMessenger::standing(const Guid& refresher, EntryId entry) {
  return dispatcher_.standing(refresher, entry, position_);
}

void DatabaseMessenger::disconnect() {
  log_.disconnect();
  if (const std::unique_lock lock(settling_mutex_, std::try_to_lock); lock) {
    settling_.close();
  }
}

CallContext DatabaseMessenger::publisher() const {
  return {.poller = 0, .position_limit = position_.state().cursor, .alone = false};
}

}  // namespace crier
