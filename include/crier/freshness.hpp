// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/observer.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace crier {

/// How fresh the caches of a node are, as a fact: at `proved_at` the node had applied all that
/// stood in the log, which was up to `applied_through` or further. A plain value.
struct Freshness {
  /// The last entry whose instructions have all been applied, or superseded by a full refresh.
  EntryId applied_through;
  /// When the node last looked, had applied all of it, and had beaten within three intervals (else
  /// nobody waits for it). Before start(): when it was constructed or, if its caches outlive it,
  /// the clock's beginning, since nobody knows. On a single server: the time of the call.
  std::chrono::steady_clock::time_point proved_at;
  /// From then until now.
  std::chrono::milliseconds age{0};
  /// Refreshers that are not well: they hold back both.
  std::vector<RefresherTrouble> troubles;
  /// Why the node reads no further, a sentence: an operator has paused it. Empty: it reads.
  std::string paused = {};
};

/// What happens to a refresher's cache while the node can't prove that it is fresh: the database is
/// out of reach, the poller is stuck, or a refresher fails.
struct WhenStale {
  /// Gets how fresh the node's caches are.
  using Callback = std::function<void(const Freshness&)>;

  /// How old the last proof must be, at least twice Options::poll_interval; 0: nothing ever
  /// happens. The action comes again each time that so much has passed without a proof. Another
  /// refresher that is running holds it up, by Options::refresher_deadline at the most.
  std::chrono::milliseconds after{0};
  /// Called on the poller's thread, also while the refresher itself is stuck; empty: refresh_all().
  Callback call;

  /// The cache goes on with what it has. The default.
  [[nodiscard]] static WhenStale keep() { return {}; }
  /// refresh_all().
  [[nodiscard]] static WhenStale flush(std::chrono::milliseconds after) { return {after, {}}; }
  /// A call of the application's, in place of refresh_all().
  [[nodiscard]] static WhenStale callback(std::chrono::milliseconds after, Callback call) {
    return {after, std::move(call)};
  }
};

}  // namespace crier
