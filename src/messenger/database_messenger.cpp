// SPDX-License-Identifier: MIT
#include "messenger/database_messenger.hpp"

#include <crier/error.hpp>

#include "base/reporter.hpp"
#include "messenger/local_delivery.hpp"

#include <utility>
#include <vector>

namespace crier {

DatabaseMessenger::DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter,
                                     std::string originated, EntryLimits limits)
    : store_(store),
      dispatcher_(dispatcher),
      reporter_(reporter),
      originated_(std::move(originated)),
      limits_(limits) {}

EntryId DatabaseMessenger::publish(const Publication& publication) {
  const PublishDepth depth;
  // Encoded first: what is too large is refused before any refresher has run.
  const std::vector<NewEntry> entries =
      make_entries(publication.instructions, originated_, limits_);
  deliver_locally(dispatcher_, publication, originated_);
  const EntryId last = append(entries);
  reporter_.published(last, entries.size());
  return last;
}

EntryId DatabaseMessenger::append(std::span<const NewEntry> entries) {
  const std::lock_guard lock(mutex_);  // no user code runs under it
  try {
    if (connection_ == nullptr) {
      connection_ = store_.connect(Access::read_write);
    }
    return connection_->log().append(entries);
  } catch (const Error& error) {
    if (!error.retryable()) {
      connection_.reset();
    }
    throw;
  }
}

}  // namespace crier
