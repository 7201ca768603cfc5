// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/surroundings.hpp>
#include <crier/options.hpp>
#include <crier/registry.hpp>

#include "base/reporter.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace crier {

// That of the node's surroundings; empty: the steady clock.
[[nodiscard]] inline std::function<std::chrono::steady_clock::time_point()> clock_of(
    const Options& options) {
  if (options.surroundings == nullptr) {
    return {};
  }
  return [around = options.surroundings] { return around->now(); };
}

// What a node's incarnations have in common. Shared with its threads: one that is left to itself,
// in a refresher that does not return, may outlive the node.
struct Core {
  Core(Options given, Registry refreshers)
      : options(std::move(given)),
        registry(std::move(refreshers)),
        reporter(options.observer, options.log),
        notifier(reporter),
        dispatcher(registry, notifier, reporter,
                   {.retry = options.retry,
                    .clock = clock_of(options),
                    .records_failures = !options.read_only}) {}

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
      options.keep_position == KeepPosition::in_memory ? now()
                                                       : std::chrono::steady_clock::time_point{};

  [[nodiscard]] std::chrono::steady_clock::time_point now() const {
    return options.surroundings ? options.surroundings->now() : std::chrono::steady_clock::now();
  }
};

}  // namespace crier
