// SPDX-License-Identifier: MIT
#include "node/messenger_slot.hpp"

#include <crier/error.hpp>

#include <utility>

namespace crier {

void MessengerSlot::set(std::shared_ptr<ServerMessenger> messenger) {
  const std::lock_guard lock(mutex_);
  messenger_.swap(messenger);
}

EntryId MessengerSlot::publish(const Publication& publication) {
  std::shared_ptr<ServerMessenger> messenger;
  {
    const std::lock_guard lock(mutex_);
    messenger = messenger_;
  }
  if (messenger == nullptr) {
    throw Error("publish", "the node does not run: publish between start() and stop()");
  }
  return messenger->publish(publication);
}

}  // namespace crier
