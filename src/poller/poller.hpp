// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/observer.hpp>
#include <crier/options.hpp>

#include "poller/affected_refreshers.hpp"
#include "poller/fenced_progress.hpp"
#include "poller/position_requests.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace crier {

class Dispatcher;
class LogFollowers;
class OwnEntries;
class Position;
class Reporter;
struct CallContext;
struct ResyncRequest;

// Reads the log after the cursor and runs the refreshers of what it finds. Used by one thread at a
// time; it alone moves the position, until another poller takes it over. Refreshers run
// outside of any transaction.
class Poller {
 public:
  struct Settings {
    std::size_t max_processing_instructions = 1000;
    // To the others, now: somebody waits for it, or it is another place.
    std::function<void()> publish_position = [] {};
    // The longest time without a look at who waits, if every look at the log brings entries.
    std::chrono::milliseconds longest_unasked{500};
    // How long what a ring has brought may be applied ahead of the look that finds it in the log;
    // 0: nothing is, nor if anybody follows the log, who is to know of an entry before it is
    // applied.
    std::chrono::milliseconds longest_ahead{0};
    // Entries were committed that have no ids: for long, if two looks so far apart have met some.
    std::function<void(bool for_long)> ids_are_due = [](bool) {};
    BacklogLimits backlog{};
    // The database was replaced, and can't be opened yet: connections that nobody uses are closed.
    std::function<void()> disconnect = [] {};
    // Another process writes as this node does, `entry` for one: this node writes as another from
    // now on.
    std::function<void(EntryId entry)> rename = [](EntryId) {};
    // Who is told of each entry; null: nobody.
    const LogFollowers* followers = nullptr;
    // The node's: see ResyncRequest.
    std::string name = {};
    // An audit asks what this node's caches hold at this place of the log.
    std::function<void(const Instruction& request, EntryId entry)> audit = [](const auto&, auto) {};
    // For tests.
    std::function<std::chrono::steady_clock::time_point()> clock = {};
  };

  // Takes over the progress, and goes on where its last holder was.
  // What `own` holds is passed.
  Poller(Store& store, Dispatcher& dispatcher, Reporter& reporter, Position& position,
         OwnEntries& own, FencedProgress& progress, Settings settings);

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

  // When the next step is due, unless somebody rings; nothing: with the period.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next_due() const;
  // By which calls in refreshers are known to be its own.
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  InstructionLog& log();
  void connect();
  // poll_once(), but for a database that was replaced: that one is opened anew, for a resync.
  std::size_t drain(const std::stop_token& stop);
  std::size_t read_on(const std::stop_token& stop);
  // An operator has this node read no further.
  [[nodiscard]] bool is_paused() const;
  void stand(const std::stop_token& stop);
  void go_on();
  // Applies what the rings since the last step have brought, ahead of the log; false if the log is
  // to be looked at now.
  bool go_ahead(const std::stop_token& stop);
  [[nodiscard]] bool may_go_ahead() const;
  // Puts into `page_` what so many rings have brought; false if not all of it is there.
  bool take_brought(std::uint32_t rings);
  bool apply_ahead(const Entry& entry, const std::stop_token& stop);
  [[nodiscard]] bool is_plain(const Entry& entry) const;
  // Keeps `ahead_`. False if another poller has taken over.
  bool keep_ahead();
  // Passes over what was applied ahead, if `page_` begins with it; else that leads to a resync, and
  // this returns true.
  bool resync_if_ahead_of_nothing(const std::stop_token& stop);
  // Tries what failed before so many times; false if it was passed, unread.
  bool may_read_on(const std::stop_token& stop);
  void pass_unread(EntryId entry, const std::stop_token& stop);
  // Reads on from the cursor into `page_`, and compares what stands there with what this node has
  // seen and written; true if that led to a resync.
  bool resync_if_moved(const std::stop_token& stop);
  // The same, of what is in `page_`. `written` is the newest of this node's own as of before.
  bool resync_if_broken(EntryId written, const std::stop_token& stop);
  // What is loaded from now on is of the log that this finds.
  void look_at_lineage();
  // If too much is waiting: fully refreshes whom it names in place of it, or everything if that
  // can't be known. True if there was, so that the page is of no use any more.
  bool skip_if_behind(const std::stop_token& stop);
  struct Backlog {
    std::set<Guid> named;
    std::vector<Guid> chain;  // the longest
    Cursor end;               // of what was read
    std::string trouble;      // why everything is to be refreshed; empty: no need
    // Of entries that could not be read, the first.
    std::vector<std::pair<EntryId, AffectedRefreshers>> unreadable;
  };
  // Reads on from the page to the end of the log. Nothing if it is to stop.
  std::optional<Backlog> read_backlog(const std::stop_token& stop);
  void add_named(const Entry& entry, Backlog& backlog);
  void tell_unreadable(const Backlog& backlog);
  void resync(ResyncReason reason, std::string detail, const std::stop_token& stop);
  // Without run_due(): first comes what is to be told before the position moves.
  void begin_resync(ResyncReason reason, std::string detail);
  // Runs what is due, and moves the position as far as the queues let it go; ends the resync that
  // is under way, once its refreshes have run.
  void run_due(const std::stop_token& stop);
  // The cursor moves over `entry`, which was handled; `delivered` as it was published here. False
  // if another poller has taken over.
  bool pass(const Cursor& entry, bool delivered, bool is_canary, const std::stop_token& stop);
  // False if `stop` was requested midway: then the entry counts as not handled.
  bool handle(const Entry& entry, const std::stop_token& stop);
  // What it says, coalesced.
  void decode_entry(const Entry& entry);
  // Before its refreshers run, if it is not one that `delivered` them already. It was decoded, if
  // there is anybody to be told. False if another poller has taken over.
  bool tell_followers(const Cursor& entry, bool delivered);
  // Nothing is known of what lies before this place.
  bool restart_followers(const Cursor& place);
  // The same as handle(), up to its end. It was decoded.
  bool apply(const Entry& entry, const std::stop_token& stop);
  // Has full refreshes run for it, if this node is asked.
  void take(const ResyncRequest& request, const Source& source);
  // Has its caches answer.
  void take_audit(const Instruction& request, EntryId entry);
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
  [[nodiscard]] std::chrono::steady_clock::time_point now() const {
    return settings_.clock ? settings_.clock() : std::chrono::steady_clock::now();
  }
  void look_for_requests(std::chrono::steady_clock::time_point at);
  void look_for_ids(bool are_due, std::chrono::steady_clock::time_point at);

  // As many as make what a read costs by itself count for little.
  static constexpr ReadLimits kPage{.entries = 512};

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  Position& position_;
  OwnEntries& own_;
  FencedProgress& progress_;
  const Settings settings_;
  const std::uint64_t number_;

  std::unique_ptr<Connection> connection_;
  ReadProgress reading_;
  std::string read_error_;  // of the last step that failed
  bool may_stand_ = false;  // not before a start has ended
  // What is under way; their memory is used again.
  Page page_;
  Decoded decoded_;
  std::vector<std::size_t> kept_;
  PositionRequests requests_;
  std::optional<std::chrono::steady_clock::time_point> ids_due_since_;
  // What was applied ahead, after the cursor, and since when. The last one may have but begun.
  std::vector<AheadEntry> ahead_;
  std::chrono::steady_clock::time_point ahead_since_;
  Wakeup::Rings rings_;        // as of the last step
  bool is_look_asked_ = true;  // by a ring without entries, since the last but one
  std::chrono::steady_clock::time_point looked_for_requests_ = now();
};

}  // namespace crier
