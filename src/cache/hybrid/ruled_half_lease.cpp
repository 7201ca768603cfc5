// SPDX-License-Identifier: MIT
// One load of a key at a time, across nodes. Nothing that is served rests on it: what it keeps
// apart may meet, and is ruled like any other.
#include <crier/error.hpp>
#include <crier/shared_cache.hpp>

#include "base/uncommitted.hpp"
#include "cache/hybrid/ruled_half.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace crier {

std::shared_ptr<void> RuledHalf::lease(const std::string& key, const std::function<bool()>& look) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kLongestPause{100};
  const auto entries = std::dynamic_pointer_cast<SharedCache>(shared_);
  // A transaction of the application's may hold the very lock that a lease would need.
  if (!one_load_ || entries == nullptr || Uncommitted::here()) {
    return nullptr;
  }
  const std::string lease = lease_prefix_ + key;
  const std::string mine = Guid::random().to_string();
  // That of a node that died, and the load of the one that takes its place.
  const Clock::time_point ends = Clock::now() + 2 * *one_load_;
  std::chrono::milliseconds pause{1};
  bool has_waited = false;
  while (log() != nullptr && !reads_.is_on() && !writes_.is_on()) {
    bool writing = false;
    try {
      const SharedLookup held = entries->lookup(lease);
      if (!held.value) {
        // Between the two: if nobody has had the lease since the lookup, nothing was stored since.
        if (look()) {
          return nullptr;
        }
        writing = true;
        if (entries->add(lease, mine, held.stamp, {.after = one_load_})) {
          return {nullptr, [this, entries, lease, mine](void*) noexcept {
                    give_back(*entries, lease, mine);
                  }};
        }
      }
    } catch (const Error& error) {
      (writing ? writes_ : reads_).failed();
      report(error, writing ? failed_fills_ : failed_reads_);
      return nullptr;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(ends - Clock::now());
    if (left.count() <= 0) {
      return nullptr;
    }
    waits_for_nodes_ += has_waited ? 0 : 1;
    has_waited = true;
    std::this_thread::sleep_for(std::min(pause, left));
    pause = std::min(2 * pause, kLongestPause);
  }
  return nullptr;
}

void RuledHalf::give_back(SharedCache& entries, const std::string& lease,
                          const std::string& mine) noexcept {
  try {
    if (!reads_.is_on() && !writes_.is_on()) {
      entries.remove_value(lease, mine);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): it runs out
  }
}

}  // namespace crier
