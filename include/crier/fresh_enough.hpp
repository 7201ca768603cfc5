// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <chrono>
#include <optional>

namespace crier {

/// What a call asks of a cached value before it takes it. With both, both must hold. A plain value.
struct FreshEnough {
  /// The value was loaded, or the cache was proved to be up to date with the log, so long ago at
  /// the most. Above 0.
  std::optional<std::chrono::milliseconds> age = {};
  /// The cache has applied this entry: one's own write, for example, whose id came with a cookie.
  /// An id that is known to be of another log, by its check, asks for nothing. One that is forged
  /// costs a load for each call.
  std::optional<EntryId> entry = {};
  /// If it is not so: throw a retryable Error, in place of loading the value anew, for this call.
  bool or_throw = false;
};

/// Loaded, or proved to be up to date, so long ago at the most.
[[nodiscard]] inline FreshEnough no_older_than(std::chrono::milliseconds age) {
  return {.age = age};
}
/// With all that this entry has changed.
[[nodiscard]] inline FreshEnough at_least(EntryId entry) { return {.entry = entry}; }

}  // namespace crier
