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
  // When the last incarnation, or nobody yet, last proved that its caches were fresh.
  std::atomic<std::chrono::steady_clock::time_point> last_proof = std::chrono::steady_clock::now();
};

}  // namespace crier
