// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/store.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>
#include <string>

namespace crier {

class Dispatcher;
class Reporter;

// Reads the log after the cursor and runs the refreshers of what it finds. Used by one thread at a
// time, but for position(). Refreshers run outside of any transaction.
class Poller {
 public:
  struct Settings {
    std::string originated;  // of this incarnation: its own entries are passed
    std::size_t max_processing_instructions = 1000;
  };

  Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Settings settings);

  // Takes the newest place in the log; with refresh_all, refreshes everything after that.
  void start(ColdStart cold_start);

  // Handles what has come since the cursor until the log is empty or `stop` is requested, and
  // returns how many entries it handled. Throws crier::Error; the cursor stands then behind the
  // last entry that was handled. REQUIRES: start().
  std::size_t poll_once(const std::stop_token& stop = {});

  // The step of the poller's thread: polls, reports what fails and drops the connection, so that
  // the next step opens a new one. False where it failed.
  bool step(const std::stop_token& stop) noexcept;

  // The last entry that was handled. Any thread.
  [[nodiscard]] EntryId position() const noexcept { return {position_.load()}; }

 private:
  InstructionLog& log();
  // Compares what stands in the log with the cursor; true where that led to a resync.
  bool resync_if_moved(const Page& page);
  bool resync_if_behind();
  void resync(ResyncReason reason, std::string detail);
  // False where `stop` was requested midway: then the entry counts as not handled.
  bool handle(const Entry& entry, const std::stop_token& stop);
  // What could not be read may have meant anything: whomever it may concern refreshes everything.
  void refresh_concerned(std::span<const DecodeProblem> problems, const Source& source);
  void advance(const Cursor& cursor);

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  const Settings settings_;

  std::unique_ptr<Connection> connection_;
  Cursor cursor_;
  std::atomic<std::int64_t> position_ = 0;  // cursor_'s id
};

}  // namespace crier
