// SPDX-License-Identifier: MIT
#include "node/messenger_proxy.hpp"

#include <crier/error.hpp>

#include "base/fork_guard.hpp"

#include <utility>

namespace crier {

void MessengerProxy::set(std::shared_ptr<ServerMessenger> messenger) {
  const std::lock_guard lock(mutex_);
  messenger_.swap(messenger);
}

EntryId MessengerProxy::publish(const Publication& publication) {
  return current()->publish(publication);
}

WrittenInTransaction MessengerProxy::write_in(ApplicationConnection connection,
                                              const Publication& publication) {
  return current()->write_in(connection, publication);
}

std::optional<EntryId> MessengerProxy::committed(const Publication& publication,
                                                 const WrittenInTransaction& written) {
  return current()->committed(publication, written);
}

ServerMessenger::Standing MessengerProxy::standing(const Guid& refresher, EntryId entry) {
  return current()->standing(refresher, entry);
}

std::shared_ptr<ServerMessenger> MessengerProxy::current() {
  fork_guard_.refuse_child("publish");
  std::shared_ptr<ServerMessenger> messenger;
  {
    const std::lock_guard lock(mutex_);
    messenger = messenger_;
  }
  if (messenger == nullptr) {
    throw Error("publish", "the node does not run: publish between start() and stop()");
  }
  return messenger;
}

}  // namespace crier
