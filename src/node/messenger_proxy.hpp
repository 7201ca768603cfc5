// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>

#include <memory>
#include <mutex>

namespace crier {

class ForkGuard;

// Where the facade finds the messenger of the incarnation that runs, so that it lives as long as
// the node while incarnations come and go. A publish under way keeps what it uses alive.
class MessengerProxy final : public ServerMessenger {
 public:
  explicit MessengerProxy(const ForkGuard& fork_guard) : fork_guard_(fork_guard) {}

  void set(std::shared_ptr<ServerMessenger> messenger);
  EntryId publish(const Publication& publication) override;
  WrittenInTransaction write_in(ApplicationConnection connection,
                                const Publication& publication) override;
  std::optional<EntryId> committed(const Publication& publication,
                                   const WrittenInTransaction& written) override;
  [[nodiscard]] Standing standing(const Guid& refresher, EntryId entry) override;

 private:
  // Throws crier::Error if the node does not run.
  [[nodiscard]] std::shared_ptr<ServerMessenger> current();

  const ForkGuard& fork_guard_;
  std::mutex mutex_;
  std::shared_ptr<ServerMessenger> messenger_;  // guarded by mutex_
};

}  // namespace crier
