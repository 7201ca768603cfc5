// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>

#include "poller/fenced_progress.hpp"
#include "poller/position_requests.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace crier {

class Delivered;
class Dispatcher;
class Position;
class Reporter;
struct CallContext;

// Reads the log after the cursor and runs the refreshers of what it finds. Used by one thread at a
// time; it alone moves the position, until another poller takes it over. Refreshers run
// outside of any transaction.
class Poller {
 public:
  struct Settings {
    std::string originated;  // of this incarnation: its own entries are passed
    std::size_t max_processing_instructions = 1000;
    // To the others, now: somebody waits for it, or it is another place.
    std::function<void()> publish_position = [] {};
    // The longest time without a look at who waits, if every look at the log brings entries.
    std::chrono::milliseconds longest_unasked{500};
  };

  // Takes over the progress, and goes on where its last holder was.
  Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Position& position,
         Delivered& delivered, FencedProgress& progress, Settings settings);

  // Takes the newest place in the log; with refresh_all, refreshes everything after that.
  void start(ColdStart cold_start);
  // Goes on from the place that an earlier start has kept; refreshes everything if there was
  // none, or if it is no longer in the log.
  void resume(const std::optional<Cursor>& cursor);

  // Handles what has come since the cursor until the log is empty or `stop` is requested, and runs
  // what is due in the queues; returns how many entries it handled. Throws crier::Error; the cursor
  // stands then behind the last entry that was handled. REQUIRES: start() or resume(), by this
  // poller or one before it.
  std::size_t poll_once(const std::stop_token& stop = {});

  // The step of the poller's thread: polls, reports what fails and drops the connection, so that
  // the next step opens a new one. False if it failed.
  bool step(const std::stop_token& stop) noexcept;

  // By which calls in refreshers are known to be its own.
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  InstructionLog& log();
  // poll_once(), but for a database that was replaced: that one is opened anew, for a resync.
  std::size_t drain(const std::stop_token& stop);
  // Compares what stands in the log with the cursor; true if that led to a resync.
  bool resync_if_moved(const Page& page, const std::stop_token& stop);
  bool resync_if_behind(const std::stop_token& stop);
  void resync(ResyncReason reason, std::string detail, const std::stop_token& stop);
  // Runs what is due, and moves the position as far as the queues let it go; ends the resync that
  // is under way, once its refreshes have run.
  void run_due(const std::stop_token& stop);
  // False if `stop` was requested midway: then the entry counts as not handled.
  bool handle(const Entry& entry, const std::stop_token& stop);
  // The same, up to its end.
  bool apply(const Entry& entry, const std::stop_token& stop);
  // What could not be read may have meant anything: whomever it may concern refreshes everything.
  void give_up(std::span<const DecodeProblem> problems, const Source& source);
  // To a place that does not follow from what was handled.
  void move_to(const Cursor& cursor);
  // Comes forward, with how far reading is. False if another poller has taken over.
  bool keep();
  // Keeps how far reading is, does `first`, and moves the position as far as the queues let it go.
  // False if another poller has taken over.
  template <class First>
  bool show(First first);
  void look_for_requests(std::chrono::steady_clock::time_point now);

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  Position& position_;
  Delivered& delivered_;
  FencedProgress& progress_;
  const Settings settings_;
  const std::uint64_t number_;

  std::unique_ptr<Connection> connection_;
  ReadProgress reading_;
  // What is under way; their memory is used again.
  Page page_;
  Decoded decoded_;
  std::vector<std::size_t> kept_;
  PositionRequests requests_;
  std::chrono::steady_clock::time_point looked_for_requests_ = std::chrono::steady_clock::now();
};

}  // namespace crier
