// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/node_record.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// Why a wait ended.
enum class WaitEnd {
  applied,        ///< the entry is applied, or superseded by a full refresh
  timed_out,      ///< it is not yet
  stopped,        ///< the node was stopped, or does not run
  not_in_log,     ///< another entry bears that id: the one that is meant is of another log, or of
                  ///< this one before it was restored. Never applied.
  beyond_newest,  ///< no entry bears that id yet: it is forged, of another log, or not committed
};

/// In a few words: "applied", "time is up".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(WaitEnd end) noexcept;

/// What has become of a wait for one node.
struct [[nodiscard]] WaitApplied {
  WaitEnd end = WaitEnd::timed_out;  ///< why it ended

  /// Whether the entry is applied.
  explicit operator bool() const noexcept { return end == WaitEnd::applied; }
  /// Equal in why they ended.
  friend bool operator==(const WaitApplied&, const WaitApplied&) = default;
};

/// Gets what has become of a wait.
using WaitHandler = std::function<void(WaitApplied)>;

/// How far the nodes are that a wait is for: those that were live when it began. Each stands in one
/// of the lists.
struct WaitResult {
  std::vector<NodeRecord> reached;  ///< have handled the entry
  std::vector<NodeRecord> waiting;  ///< are live and have not
  /// Went stale or stopped before they had handled it: they no longer count. When they come back,
  /// they catch up, or refresh everything.
  std::vector<NodeRecord> lost;
  /// Empty if all went well. Else a sentence: why the nodes could not be asked (their answers come
  /// with their next beats then), or why nobody knows which nodes live.
  std::string trouble;
  /// Whether it is known which nodes live. It is not while the beats of the node that waits don't
  /// reach the database: then those of others may not either, and they only look stale.
  bool certain = true;
  /// Why the wait ended. With `not_in_log` and `beyond_newest` nobody was waited for.
  WaitEnd end = WaitEnd::applied;

  /// Every node that still counts has handled the entry, and it is certain which those are.
  explicit operator bool() const noexcept {
    return end == WaitEnd::applied && certain && waiting.empty();
  }
};

}  // namespace crier
