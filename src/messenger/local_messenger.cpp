// SPDX-License-Identifier: MIT
#include "messenger/local_messenger.hpp"

#include "messenger/local_delivery.hpp"

#include <utility>

namespace crier {

LocalMessenger::LocalMessenger(Dispatcher& dispatcher, std::string originated)
    : dispatcher_(dispatcher), originated_(std::move(originated)) {}

EntryId LocalMessenger::publish(const Publication& publication) {
  const PublishDepth depth;
  deliver_locally(dispatcher_, publication, originated_);
  return {};
}

}  // namespace crier
