// SPDX-License-Identifier: MIT
#include "node/health.hpp"

#include <crier/error.hpp>

#include "base/duration.hpp"
#include "node/core.hpp"
#include "refresh/troubles.hpp"

#include <algorithm>
#include <chrono>

namespace crier {
namespace {

using std::chrono::milliseconds;

// Sooner than that an idle node has not looked again.
milliseconds max_behind_of(const HealthLimits& limits, const Options& options) {
  const milliseconds least = 2 * options.poll_interval;
  if (limits.max_behind.count() == 0) {
    return std::max<milliseconds>(least, std::chrono::seconds(10));
  }
  if (limits.max_behind < least) {
    throw Error("tell the node's health",
                "max_behind is " + duration_text(limits.max_behind) +
                    ": at least twice poll_interval, which is " +
                    duration_text(options.poll_interval),
                Error::Kind::invalid_argument);
  }
  return limits.max_behind;
}

}  // namespace

Health health_of(Core& core, const std::optional<Freshness>& freshness,
                 const HealthLimits& limits) {
  const milliseconds most = max_behind_of(limits, core.options);
  if (!freshness) {
    return {HealthState::bad, {"the node does not run"}};
  }
  Health health;
  if (freshness->age > most) {
    const bool is_known = freshness->proved_at != std::chrono::steady_clock::time_point();
    health.state = HealthState::bad;
    health.reasons.push_back((is_known ? "for " + rough_duration(freshness->age) + " nothing has"
                                       : std::string("nothing has ever")) +
                             " proved that all of the log is applied here; at most " +
                             duration_text(most) + " are asked for");
  }
  const std::vector<std::string> troubles = troubles_of(core.dispatcher, core.reporter);
  if (!freshness->paused.empty()) {
    health.reasons.push_back(freshness->paused);
  }
  if (health.state == HealthState::ok && (!troubles.empty() || !freshness->paused.empty())) {
    health.state = HealthState::degraded;
  }
  health.reasons.insert(health.reasons.end(), troubles.begin(), troubles.end());
  return health;
}

}  // namespace crier
