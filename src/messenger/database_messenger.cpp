// SPDX-License-Identifier: MIT
#include "messenger/database_messenger.hpp"

#include <crier/codec.hpp>

#include "base/reporter.hpp"
#include "messenger/local_delivery.hpp"

#include <utility>
#include <vector>

namespace crier {

DatabaseMessenger::DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter,
                                     std::string originated, EntryLimits limits)
    : dispatcher_(dispatcher),
      reporter_(reporter),
      originated_(std::move(originated)),
      limits_(limits),
      log_(store) {}

EntryId DatabaseMessenger::publish(const Publication& publication) {
  const PublishDepth depth;
  // Encoded first: what is too large is refused before any refresher has run.
  std::vector<NewEntry> entries = make_entries(publication.instructions, originated_, limits_);
  const std::size_t count = entries.size();
  deliver_locally(dispatcher_, publication, originated_);
  const EntryId last = log_.append(std::move(entries));
  reporter_.published(last, count);
  return last;
}

}  // namespace crier
