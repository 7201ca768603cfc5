// SPDX-License-Identifier: MIT
#include "messenger/local_messenger.hpp"

#include "messenger/local_delivery.hpp"

#include <utility>

namespace crier {

LocalMessenger::LocalMessenger(Dispatcher& dispatcher, std::string originated, EntryLimits limits)
    : dispatcher_(dispatcher), originated_(std::move(originated)), limits_(limits) {}

EntryId LocalMessenger::publish(const Publication& publication) {
  const PublishDepth depth;
  // Refuses what a log would refuse, so that a program meets its limits before it has a second
  // node.
  static_cast<void>(make_entries(publication.instructions, originated_, limits_));
  deliver_locally(dispatcher_, publication, originated_);
  return {};
}

}  // namespace crier
