// SPDX-License-Identifier: MIT
#pragma once

#include <crier/options.hpp>
#include <crier/registry.hpp>

#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"

#include <atomic>
#include <cstdint>
#include <utility>

namespace crier {

// What a node's incarnations have in common. Shared with its threads: one that is left to itself,
// in a refresher that does not return, may outlive the node.
struct Core {
  Core(Options given, Registry refreshers)
      : options(std::move(given)),
        registry(std::move(refreshers)),
        reporter(options.observer, options.log),
        notifier(reporter),
        dispatcher(registry, notifier, reporter,
                   {.retry = options.retry, .records_failures = !options.read_only}) {}

  const Options options;
  const Registry registry;
  Reporter reporter;
  Notifier notifier;
  Dispatcher dispatcher;
  // The number of the last poller, of any incarnation: one of an earlier one may hang still.
  std::atomic<std::uint64_t> last_poller = 0;
  // When the caches were last proved to be fresh: as the node is made, if they begin empty then;
  // else nobody knows as of when they are.
  std::atomic<std::chrono::steady_clock::time_point> last_proof =
      options.keep_position == KeepPosition::in_memory ? std::chrono::steady_clock::now()
                                                       : std::chrono::steady_clock::time_point{};
};

}  // namespace crier
