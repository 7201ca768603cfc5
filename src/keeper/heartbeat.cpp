// SPDX-License-Identifier: MIT
#include "keeper/heartbeat.hpp"

#include "base/position.hpp"
#include "base/reporter.hpp"

#include <utility>

namespace crier {

Heartbeat::Heartbeat(Reporter& reporter, const Position& position, NodeReport node,
                     std::chrono::milliseconds stalled_after)
    : reporter_(reporter),
      position_(position),
      stalled_after_(stalled_after),
      report_(std::move(node)) {}

bool Heartbeat::beat(NodeDirectory& nodes, Role role, bool durable, Time now) {
  const Position::State state = position_.state();
  const Counters counters = reporter_.counters();
  report_.role = role;
  report_.position = state.cursor.id;
  report_.durable = durable;
  report_.poller_alive = now - state.alive_at < stalled_after_;
  report_.last_error = reporter_.last_error();
  report_.applied = counters.applied;
  report_.failed = counters.failed;
  report_.resyncs = counters.resyncs;
  const Surroundings around = nodes.beat(report_);
  if (around.namesake != namesake_) {
    namesake_ = around.namesake;
    reporter_.log(LogLevel::warning,
                  namesake_.empty()
                      ? "no other node bears the name " + report_.name + " any more"
                      : "another node bears the name " + report_.name + ": " + namesake_ +
                            "; both get every instruction, but give each its own name");
  }
  return around.alone;
}

void Heartbeat::goodbye(NodeDirectory& nodes) { nodes.goodbye(report_.incarnation); }

}  // namespace crier
