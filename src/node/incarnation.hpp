// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>
#include <crier/options.hpp>
#include <crier/store.hpp>

#include "base/worker.hpp"
#include "poller/poller.hpp"

#include <memory>
#include <string>

namespace crier {

class Dispatcher;
class Reporter;

// What lives from one start to the next: everything that bears the incarnation's identity.
// Shared, because a publish that is under way outlives stop().
class Incarnation {
 public:
  // Opens the store and checks its schema. Throws crier::Error.
  Incarnation(const Options& options, Dispatcher& dispatcher, Reporter& reporter);

  // Takes the place in the log, fills the caches, starts the poller's thread.
  void run(const Options& options);
  // Waits for the poller's step. Harmless a second time.
  void stop() noexcept;

  [[nodiscard]] const std::string& originated() const { return originated_; }
  [[nodiscard]] EntryId position() const;
  [[nodiscard]] ServerMessenger& messenger() { return *messenger_; }

 private:
  Reporter& reporter_;
  const std::string originated_;
  std::unique_ptr<Store> store_;  // null on a single server, as are the poller and its thread
  std::unique_ptr<ServerMessenger> messenger_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<Worker> worker_;  // last: it ends first
};

}  // namespace crier
