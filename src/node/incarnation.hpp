// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>
#include <crier/identity.hpp>
#include <crier/messenger.hpp>
#include <crier/options.hpp>
#include <crier/store.hpp>
#include <crier/wait.hpp>

#include "base/local_wakeup.hpp"
#include "base/position.hpp"
#include "base/worker.hpp"
#include "keeper/keeper.hpp"
#include "poller/poller.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace crier {

class Dispatcher;
class Reporter;

// What lives from one start to the next: everything that bears the incarnation's identity.
// Shared, because a publish that is under way outlives stop().
class Incarnation {
 public:
  // Opens the store and checks its schema. Throws crier::Error.
  Incarnation(const Options& options, const std::string& name, Dispatcher& dispatcher,
              Reporter& reporter);

  // Registers, takes the place in the log, fills the caches, starts the threads.
  void run(const Options& options);
  // Waits for the threads' steps, and says goodbye. Harmless a second time.
  void stop() noexcept;

  [[nodiscard]] const std::string& originated() const { return originated_; }
  [[nodiscard]] const Position& position() const { return position_; }
  [[nodiscard]] Role role() const;
  // See Node. Each opens a connection of the caller's own.
  [[nodiscard]] WaitResult wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const;
  [[nodiscard]] std::vector<NodeRecord> nodes() const;
  [[nodiscard]] ServerMessenger& messenger() { return *messenger_; }

 private:
  Incarnation(const Options& options, const std::string& name, const Identity& identity,
              Dispatcher& dispatcher, Reporter& reporter);
  void start_keeper(const Options& options);
  void start_poller(const Options& options);

  Reporter& reporter_;
  const NodeReport self_;  // what stays as it is
  const std::string originated_;
  Position position_;
  LocalWakeup keeper_bell_;
  std::unique_ptr<Store> store_;  // null on a single server, as is all that needs one
  std::unique_ptr<ServerMessenger> messenger_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<Worker> keeper_thread_;
  std::unique_ptr<Worker> poller_thread_;  // last: it ends first
};

}  // namespace crier
