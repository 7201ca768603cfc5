// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/role.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// How a node is, as the others see it by its beats.
enum class NodeState : std::uint8_t {
  live,     ///< its last beat is within three of its intervals
  stale,    ///< it missed them: it crashed, is paused, or is cut off from the database
  stopped,  ///< it said goodbye, or its successor under the same name did so for it
};

/// Static text: "live".
[[nodiscard]] CRIER_EXPORT std::string_view to_string(NodeState state) noexcept;

/// What a node says of itself with each beat. A plain value.
struct NodeReport {
  Guid incarnation;         ///< which of its starts
  std::string name;         ///< the stable one; two incarnations may bear it at once
  std::string host;         ///< the machine's name
  std::string application;  ///< Options::application
  std::string version;      ///< of crier
  std::int64_t pid = 0;     ///< of its process
  /// By which another process of the machine can tell whether this one is gone; empty: it can't.
  std::string process;
  std::chrono::milliseconds interval{5000};  ///< between its beats
  Role role = Role::unknown;                 ///< which it bears now
  EntryId position;          ///< the last entry it has handled; 0 holds back all pruning
  bool durable = false;      ///< its position is kept for its next start
  bool poller_alive = true;  ///< its poller has come forward lately
  bool stands = false;       ///< its poller reads no further, since an operator has paused it
  /// Since it last proved that it had applied all that stood in the log.
  std::chrono::milliseconds proof_age{0};
  /// The last canary that it has seen, or the place in the log that it has taken since.
  EntryId canary;
  std::vector<std::string> troubles;  ///< of its refreshers and its keeper, a sentence each
  std::string last_error;             ///< empty: none yet
  std::uint64_t applied = 0;          ///< instructions, since the node was constructed
  std::uint64_t failed = 0;           ///< instructions and rows given up
  std::uint64_t resyncs = 0;          ///< times that it refreshed everything
};

/// A node as the others see it. A plain value.
struct NodeRecord : NodeReport {
  NodeState state = NodeState::live;       ///< by its last beat
  std::chrono::milliseconds beat_age{0};   ///< since its last beat
  std::chrono::milliseconds uptime{0};     ///< from its first beat to its last
  std::chrono::milliseconds error_age{0};  ///< since `last_error` became what it is
  std::int64_t quarantined = 0;            ///< its failures that stand in the quarantine
  /// Entries between its position and the log's end now. What a live node has handled since its
  /// last beat counts, unless it was asked for its position. A stopped node has none.
  std::int64_t lag = 0;
  /// How long the oldest of these has stood in the log; 0: there is none, or its stamp says
  /// nothing.
  std::chrono::milliseconds behind{0};
  /// For how long an operator has it read no further, from now on; 0: it is not paused.
  std::chrono::milliseconds paused_for{0};
  std::string paused_by;  ///< who has paused it or, if it is not paused, has ended the last pause
};

}  // namespace crier
