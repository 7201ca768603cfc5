// SPDX-License-Identifier: MIT
#include "messenger/database_messenger.hpp"

#include <crier/codec.hpp>

#include "base/delivered.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "messenger/local_delivery.hpp"
#include "refresh/dispatcher.hpp"

#include <exception>
#include <utility>
#include <vector>

namespace crier {

DatabaseMessenger::DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter,
                                     Delivered& delivered, const Position& position,
                                     std::string originated, EntryLimits limits)
    : store_(store),
      dispatcher_(dispatcher),
      reporter_(reporter),
      delivered_(delivered),
      position_(position),
      originated_(std::move(originated)),
      limits_(limits),
      log_(store),
      settling_(store) {}

EntryId DatabaseMessenger::publish(const Publication& publication) {
  const PublishDepth depth;
  // Encoded first: what is too large is refused before any refresher has run.
  std::vector<NewEntry> entries = make_entries(publication.instructions, originated_, limits_);
  const std::size_t count = entries.size();
  deliver_locally(dispatcher_, publication, originated_, publisher());
  const EntryId last = log_.append(std::move(entries));
  reporter_.published(last, count);
  return last;
}

WrittenInTransaction DatabaseMessenger::write_in(ApplicationConnection connection,
                                                 const Publication& publication) {
  // Not this node's own origin: the poller passes that over, and these have yet to run. One for
  // each write, since after a rollback the same ids may be another's.
  std::string originated = originated_ + '/' + std::to_string(++writes_);
  const std::vector<NewEntry> entries = make_entries(publication.instructions, originated, limits_);
  const RidingIds ids = store_.append_in(connection, entries);
  return {ids, entries.size(), std::move(originated)};
}

std::optional<EntryId> DatabaseMessenger::committed(const Publication& publication,
                                                    const WrittenInTransaction& written) {
  const PublishDepth depth;
  std::exception_ptr unknown;
  std::optional<EntryId> last = written.ids.last;
  if (!last) {
    try {
      last = last_of(written);
    } catch (...) {  // it may well have been committed
      unknown = std::current_exception();
    }
  }
  // Meanwhile the poller may run them as well: better twice than not at all.
  const bool is_ahead = last && position_.entry() < *last;
  if (is_ahead || unknown != nullptr) {
    deliver_locally(dispatcher_, publication, written.originated, publisher());
  }
  if (is_ahead) {
    delivered_.add(written.originated, *last, position_.entry());
  }
  store_.wakeup().ring_others();
  if (unknown != nullptr) {
    std::rethrow_exception(unknown);
  }
  if (last) {
    reporter_.published(*last, written.entries);
  }
  return last;
}

std::optional<EntryId> DatabaseMessenger::last_of(const WrittenInTransaction& written) {
  const std::lock_guard lock(settling_mutex_);
  return settling_.run([&](Connection& connection) {
    InstructionLog& log = connection.log();
    const auto find = [&] { return log.find_last(written.ids.after, written.originated); };
    // Most have their ids since the commit. Of several the first may have theirs before the last.
    if (const std::optional<EntryId> last = written.entries == 1 ? find() : std::nullopt) {
      return last;
    }
    log.assign_pending_ids();
    return find();
  });
}

CallContext DatabaseMessenger::publisher() const {
  return {.poller = 0, .position_limit = position_.state().cursor, .alone = false};
}

}  // namespace crier
