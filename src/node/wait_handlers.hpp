// SPDX-License-Identifier: MIT
#pragma once

#include <crier/wait.hpp>

#include "base/local_wakeup.hpp"
#include "base/worker.hpp"
#include "node/applied_wait.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace crier {

class Position;
class Reporter;

// Waits that end in a call. A thread of their own makes these calls, from the first wait on: one
// after the other, under no lock. Each wait ends in one call; once the position is closed, at once.
class WaitHandlers {
 public:
  // What it is given outlives it.
  WaitHandlers(Position& position, Reporter& reporter, WaitSources sources)
      : position_(position), reporter_(reporter), sources_(std::move(sources)) {}

  // `keep` is held by the thread: it keeps what all of this is part of. Throws crier::Error if the
  // position is closed.
  void add(AppliedWait wait, WaitHandler then, std::shared_ptr<const void> keep);
  // By hand nobody sleeps until the position moves: it may have.
  void poller_stepped() noexcept {
    if (sources_.around != nullptr) {
      bell_.ring();
    }
  }
  // Waits for the calls that are left. False if they are not done by then, or this is one of them.
  // REQUIRES: the position is closed.
  bool stop_by(Worker::Time deadline) noexcept;

 private:
  struct Waiting {
    AppliedWait wait;
    WaitHandler then;
  };

  // The thread's: calls whose waits have ended, then waits for what ends the next.
  Stepped step();
  [[nodiscard]] Worker::Time now() const {
    return sources_.around ? sources_.around->now() : std::chrono::steady_clock::now();
  }
  // Nothing: some had ended. Else when to ask again.
  std::optional<Worker::Time> call_ended();

  Position& position_;
  Reporter& reporter_;
  const WaitSources sources_;
  LocalWakeup bell_;

  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<Waiting> added_;  // guarded by mutex_, as is the next
  std::size_t left_ = 0;        // waits that have not ended, or whose call has not
  std::thread::id thread_;
  std::vector<Waiting> waiting_;    // the thread's own
  std::unique_ptr<Worker> worker_;  // guarded by mutex_; last: it uses the others
};

}  // namespace crier
