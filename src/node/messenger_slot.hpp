// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>

#include <memory>
#include <mutex>

namespace crier {

// Where the facade finds the messenger of the incarnation that runs, so that it lives as long as
// the node while incarnations come and go. A publish under way keeps what it uses alive.
class MessengerSlot final : public ServerMessenger {
 public:
  void set(std::shared_ptr<ServerMessenger> messenger);
  EntryId publish(const Publication& publication) override;

 private:
  std::mutex mutex_;
  std::shared_ptr<ServerMessenger> messenger_;  // guarded by mutex_
};

}  // namespace crier
