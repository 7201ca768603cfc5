// SPDX-License-Identifier: MIT
#include "keeper/heartbeat.hpp"

#include "base/position.hpp"
#include "base/reporter.hpp"
#include "base/utf8.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/troubles.hpp"

#include <algorithm>
#include <utility>

namespace crier {

namespace {

// They stand in a row that is written with each beat.
constexpr std::size_t kMostTroubles = 10;
constexpr std::size_t kMaxTroubleBytes = 500;

// If the log was replaced and the poller is yet to notice, its place says nothing about the new
// one: nobody must take it for an answer.
EntryId place_in(InstructionLog& log, const Position::State& state) {
  const Cursor& cursor = state.cursor;
  const bool stands = cursor.id.value == 0 || log.heads(cursor.id).here == cursor;
  return stands ? state.entry() : EntryId();
}

}  // namespace

Heartbeat::Heartbeat(Reporter& reporter, Dispatcher& dispatcher, NodeReport node,
                     std::chrono::milliseconds stalled_after)
    : reporter_(reporter),
      dispatcher_(dispatcher),
      stalled_after_(stalled_after),
      report_(std::move(node)) {}

BeatResult Heartbeat::beat(Connection& connection, const Position::State& state, Role role,
                           bool durable, Time now) {
  const Counters counters = reporter_.counters();
  report_.role = role;
  report_.position = place_in(connection.log(), state);
  report_.durable = durable;
  report_.stands = state.stands;
  report_.poller_alive = now - state.alive_at < stalled_after_;
  report_.proof_age = std::chrono::duration_cast<std::chrono::milliseconds>(now - state.proved_at);
  report_.canary = state.canary;
  report_.troubles = troubles_of(dispatcher_, reporter_, kName);
  report_.troubles.resize(std::min(report_.troubles.size(), kMostTroubles));
  for (std::string& trouble : report_.troubles) {
    trouble = valid_text(trouble, kMaxTroubleBytes);
  }
  report_.last_error = reporter_.last_error();
  report_.applied = counters.applied;
  report_.failed = counters.failed;
  report_.resyncs = counters.resyncs;
  const auto last = std::exchange(beaten_at_, std::nullopt);
  told_.reset();
  const bool is_placed = state.logs > 0 && !state.lost && report_.position == state.cursor.id;
  // Now: even a beat of which nobody knows what became may have told it.
  if (is_placed && std::exchange(told_logs_, state.logs) != state.logs) {
    untold_at_ = last.value_or(std::chrono::milliseconds(0));
  }
  BeatResult around = connection.nodes().beat(report_);
  is_cloned_ = last && around.before > *last;
  beaten_at_ = around.at;
  if (is_placed) {
    told_ = {{report_.position, around.at}, state.began, state.logs, untold_at_};
  }
  shown_role_ = role;
  if (around.namesake != namesake_) {
    namesake_ = around.namesake;
    reporter_.log(LogLevel::warning,
                  namesake_.empty()
                      ? "no other node bears the name " + report_.name + " any more"
                      : "another node bears the name " + report_.name + ": " + namesake_ +
                            "; both get every instruction, but give each its own name");
  }
  return around;
}

std::optional<PauseOrder> Heartbeat::answer(Connection& connection, const Position::State& state) {
  report_.stands = state.stands;
  report_.position = place_in(connection.log(), state);
  return connection.nodes().publish_position(report_);
}

void Heartbeat::goodbye(NodeDirectory& nodes) { nodes.goodbye(report_.incarnation); }

}  // namespace crier
