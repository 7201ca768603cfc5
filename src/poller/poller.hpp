// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>
#include <crier/store.hpp>

#include "poller/asks.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace crier {

class Dispatcher;
class Position;
class Reporter;

// Reads the log after the cursor and runs the refreshers of what it finds. Used by one thread at a
// time; it alone moves the position. Refreshers run outside of any transaction.
class Poller {
 public:
  struct Settings {
    std::string originated;  // of this incarnation: its own entries are passed
    std::size_t max_processing_instructions = 1000;
    // To the others, now: somebody waits for it, or it is another place. May be empty.
    std::function<void()> publish_position;
  };

  Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Position& position,
         Settings settings);

  // Takes the newest place in the log; with refresh_all, refreshes everything after that.
  void start(ColdStart cold_start);
  // Goes on from the place that an earlier start has kept; refreshes everything where there was
  // none, or where it is no longer in the log.
  void resume(const std::optional<Cursor>& cursor);

  // Handles what has come since the cursor until the log is empty or `stop` is requested, and
  // returns how many entries it handled. Throws crier::Error; the cursor stands then behind the
  // last entry that was handled. REQUIRES: start().
  std::size_t poll_once(const std::stop_token& stop = {});

  // The step of the poller's thread: polls, reports what fails and drops the connection, so that
  // the next step opens a new one. False where it failed.
  bool step(const std::stop_token& stop) noexcept;

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
  // To a place that does not follow from what was handled.
  void move_to(const Cursor& cursor);
  void look_for_asks();
  void publish_position() const;

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  Position& position_;
  const Settings settings_;

  std::unique_ptr<Connection> connection_;
  Cursor cursor_;
  Asks asks_;
};

}  // namespace crier
