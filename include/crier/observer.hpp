// SPDX-License-Identifier: MIT
#pragma once

// What a node tells the application about its own work: events, counts, and a log.

#include <crier/durations.hpp>
#include <crier/entry.hpp>
#include <crier/error.hpp>
#include <crier/export.hpp>
#include <crier/instruction.hpp>
#include <crier/role.hpp>
#include <crier/source.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace crier {

/// Why an instruction was not applied.
enum class FailureKind {
  unreadable,         ///< a row, or a part of it, could not be decoded
  unknown_refresher,  ///< nobody here claims that GUID (as in a rolling upgrade)
  wrong_kind,         ///< JSON for a refresher that takes none
  refresher_threw,
};

/// Static text: "refresher_threw".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(FailureKind kind) noexcept;

/// An instruction that was not applied on this node, or not yet.
struct Failure {
  FailureKind kind = FailureKind::unreadable;  ///< why
  Source source;                               ///< who published it, and in which entry
  std::size_t index = 0;  ///< which of the entry's instructions, from 0; unreadable: 0
  Guid refresher;         ///< empty if it is not known
  std::string_view name;  ///< the refresher's, if it is registered
  std::string_view what;  ///< a sentence; lives as long as the call
  int attempts = 1;       ///< how often it was tried
};

/// How a refresher fares on this node.
enum class RefresherState : std::uint8_t {
  well,
  retrying,  ///< an instruction failed and is tried again; later ones wait behind it
  stale,     ///< its full refresh failed, too, and is tried again with growing delay
  /// A call has not returned by its deadline; what comes meanwhile becomes a full refresh, which
  /// follows when it does.
  stuck,
};

/// Static text: "stuck".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(RefresherState state) noexcept;

/// A refresher that is not well, or has become so.
struct RefresherTrouble {
  Guid refresher;                               ///< empty: the fallback
  std::string name;                             ///< the refresher's, if it is registered
  RefresherState state = RefresherState::well;  ///< as of now
  EntryId entry;     ///< at which the trouble began; 0: none, or not known
  std::string what;  ///< a sentence; empty if it is well again
};

/// Entries that were not handed to the refreshers one by one.
struct Missed {
  EntryId after;    ///< the last that was
  EntryId through;  ///< the last in the log now; may be below `after` if the log was replaced
};

/// Why a node refreshed everything in place of reading on.
enum class ResyncReason {
  first_start,  ///< Options::cold_start asks for it, or no durable position was kept
  /// More instructions than max_processing_instructions were waiting, and it could not be read
  /// which refreshers they name. Observer::on_missed has it also if that could be read.
  backlog,
  pruned,            ///< this node was away for so long that its place in the log was pruned
  anchor_gone,       ///< the cursor's row is not there: restored, truncated or replaced
  anchor_changed,    ///< another row bears the cursor's id: restored or recreated
  hole,              ///< the next id is not the next number
  replaced,          ///< the database was moved, removed, replaced or restored while it was open,
                     ///< or its tables were altered
  cloned,            ///< another process writes as this node: started twice from one snapshot
  unreadable_entry,  ///< an entry could not be read and may have concerned any refresher
  asked,             ///< an operator has asked for it, as by `crier resync`; see ResyncRequest
};

/// How many reasons there are.
inline constexpr std::size_t kResyncReasons = static_cast<std::size_t>(ResyncReason::asked) + 1;

/// Static text: "anchor_gone".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(ResyncReason reason) noexcept;

/// Everything was refreshed on this node in place of reading on.
struct Resync {
  ResyncReason reason = ResyncReason::first_start;  ///< why
  std::string detail;                               ///< a sentence with the numbers
  EntryId entry;                                    ///< the cursor from which the node goes on
};

/// Gets a node's events. Override what you need. Called on whichever thread does the work (the
/// poller's, or a publisher's), at times on several at once, never under a lock of crier's. What it
/// throws is swallowed and logged.
class CRIER_EXPORT Observer {
 public:
  virtual ~Observer() = default;
  /// An entry was appended by this node.
  virtual void on_published(EntryId) {}
  /// An instruction was applied, whether another node published it or this one. Or one refresher
  /// was fully refreshed: that stands for all its instructions up to this entry.
  virtual void on_applied(const Instruction&, const Source&) {}
  /// It was given up: it stands in the quarantine, and its refresher is fully refreshed instead
  /// (but for an instruction that nobody here claims).
  virtual void on_failure(const Failure&) {}
  /// It failed and will be tried again.
  virtual void on_retry(const Failure&) {}
  /// The state of a refresher has changed.
  virtual void on_refresher_changed(const RefresherTrouble&) {}
  /// Entries were missed; the refreshes that make up for them follow, and then on_resync, unless
  /// only those refreshers are refreshed that the entries name, as ResyncReason::backlog may mean.
  /// With ResyncReason::asked nothing need have been missed.
  virtual void on_missed(const Missed&, ResyncReason) {}
  /// After the refreshes of a resync have run.
  virtual void on_resync(const Resync&) {}
  /// A poll failed. It is tried again with growing delay; on_poll_recovered follows.
  virtual void on_poll_failed(const std::string& /*what*/) {}
  /// A poll has worked again.
  virtual void on_poll_recovered() {}
  /// The poller's thread did not come forward, and another one has taken over.
  virtual void on_poller_replaced(const std::string& /*why*/) {}
  /// What this node publishes looks like a storm: far more than usual, or a chain of refreshers
  /// that set each other off (see kMaxPublishDepth), whose publish was refused. `what` names them.
  /// Told at most once in ten seconds, and shown by Node::nodes() as a trouble.
  virtual void on_storm(const std::string& /*what*/) {}
  /// Called on the keeper's thread; the first time by start(), the last by stop().
  virtual void on_role_changed(Role /*from*/, Role /*to*/) {}
  /// A duty of the keeper's failed; `what` begins with its name: "the lease failed: ...". If that
  /// is the beat, other nodes may take this one for stale. The duty is tried again with each beat,
  /// and the other duties go on. Node::nodes() shows which ones fail.
  virtual void on_beat_failed(const std::string& /*what*/) {}
  /// All duties that failed work again.
  virtual void on_beat_recovered() {}
};

/// Counts since the node was constructed. A plain value.
struct Counters {
  std::uint64_t published = 0;     ///< entries that this node appended
  std::uint64_t entries = 0;       ///< entries read from the log, own ones included
  std::uint64_t own_skipped = 0;   ///< entries passed because this node wrote them
  std::uint64_t applied = 0;       ///< instructions, local deliveries included
  std::uint64_t failed = 0;        ///< instructions and rows given up: see Failure
  std::uint64_t retries = 0;       ///< calls that failed and were tried again
  std::uint64_t stuck = 0;         ///< calls that outlived their deadline
  std::uint64_t replaced = 0;      ///< pollers that were replaced
  std::uint64_t resyncs = 0;       ///< times that everything was refreshed
  std::uint64_t polls = 0;         ///< polls that reached the end of the log
  std::uint64_t polls_failed = 0;  ///< polls that the store failed
  std::uint64_t beats = 0;         ///< beats that stand in the database
  std::uint64_t beats_failed = 0;  ///< duties of the keeper's that failed, beats among them
  std::uint64_t pruned = 0;        ///< entries that this node deleted as the leader
  std::array<std::uint64_t, kResyncReasons> resyncs_by{};  ///< of each ResyncReason, by its number
  Durations appends;  ///< to the log, of one entry or several, transactions' own left out
  /// What refreshers took for an instruction, each try by itself. By a clock that ticks every few
  /// milliseconds: what is shorter counts as 0 or as one tick, and the total is right on average.
  Durations applies;
};

/// How much a message matters.
enum class LogLevel { debug, info, warning, error };

/// Takes one message, a line without its end. Called like an Observer.
using LogSink = std::function<void(LogLevel, std::string_view)>;

}  // namespace crier
