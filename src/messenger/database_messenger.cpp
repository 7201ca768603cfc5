// SPDX-License-Identifier: MIT
#include "messenger/database_messenger.hpp"

#include <crier/codec.hpp>

#include "base/delivered.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "messenger/local_delivery.hpp"
#include "refresh/dispatcher.hpp"

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
      log_(store) {}

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

WrittenInTransaction DatabaseMessenger::write_in(sqlite3* connection,
                                                 const Publication& publication) {
  // Not this node's own origin: the poller passes that over, and these have yet to run. One for
  // each write, since after a rollback the same ids may be another's.
  std::string originated = originated_ + '/' + std::to_string(++writes_);
  const std::vector<NewEntry> entries = make_entries(publication.instructions, originated, limits_);
  const EntryId last = store_.append_in(connection, entries);
  return {last, entries.size(), std::move(originated)};
}

void DatabaseMessenger::committed(const Publication& publication,
                                  const WrittenInTransaction& written) {
  const PublishDepth depth;
  // Meanwhile the poller may run them as well: better twice than not at all.
  if (position_.entry() < written.last) {
    deliver_locally(dispatcher_, publication, written.originated, publisher());
    delivered_.add(written.originated, written.last, position_.entry());
  }
  store_.wakeup().ring_others();
  reporter_.published(written.last, written.entries);
}

Caller DatabaseMessenger::publisher() const {
  return {.poller = 0, .before = position_.state().cursor, .alone = false};
}

}  // namespace crier
