// SPDX-License-Identifier: MIT
#pragma once

#include <crier/observer.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace crier {

enum class ColdStart {
  start_at_newest,  ///< caches are empty at start: what stands in the log concerns nobody here
  refresh_all,      ///< caches may hold something: every refresher is fully refreshed first
};

/// How a node works. Plain values; the Node checks them when it is constructed.
struct Options {
  // What the node is.

  /// The database, as open_store() takes it. Empty: a single server, whose refreshers run
  /// directly, with no table and no threads.
  std::string store;
  /// The node's stable name, for people: 1 to 255 bytes of UTF-8 without control characters.
  /// Empty: host/executable.
  std::string node_name;
  /// The program's name in the rows it writes. Empty: the executable's.
  std::string application;

  // What happens at start.

  /// Create or upgrade crier's tables at start, in place of refusing to start.
  bool migrate_on_start = false;
  ColdStart cold_start = ColdStart::start_at_newest;
  /// Fills the application's caches. Runs inside start(), after the place in the log is taken and
  /// before any thread runs, so that nothing published meanwhile is missed. May be empty.
  std::function<void()> fill_caches;

  // Parameters that affect behaviour.

  /// The longest time between two looks at the log; jittered by a tenth. An append by crier on
  /// this host is seen at once; this is the floor for other writers. 1 ms to 24 h.
  std::chrono::milliseconds poll_interval{100};
  /// A node that is further behind than this many instructions refreshes everything instead of
  /// catching up: raise it where a full refresh costs more. At least 1; the largest
  /// value means never.
  std::size_t max_processing_instructions = 1000;
  /// A batch is cut into entries of at most so many instructions ...
  std::size_t max_instructions_per_entry = 1000;
  /// ... and so many bytes of JSON (an instruction that is larger gets its own entry).
  std::size_t max_entry_bytes = 1024 * 1024;
  /// An instruction over this many bytes of JSON is refused.
  std::size_t max_instruction_bytes = 16 * 1024 * 1024;

  // Who is told.

  /// May be null.
  std::shared_ptr<Observer> observer;
  /// Empty: warnings and errors go to stderr.
  LogSink log;
};

}  // namespace crier
