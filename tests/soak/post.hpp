// SPDX-License-Identifier: MIT
#pragma once

#include "soak/hand.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::soak {

using Clock = std::chrono::steady_clock;

// A name that processes bear, one after the other, and what is due for the one that runs. A plain
// value.
struct Post {
  std::string name;
  std::string kind;  // of the writer; empty: a node alone
  bool durable = false;
  std::vector<std::string> arguments;

  std::unique_ptr<Hand> hand = {};  // null: none runs
  std::uint64_t incarnation = 0;
  std::string originated = {};  // as its node calls itself in the log
  std::string intent = {};      // of a plain writer: published next, unless it has been
  bool came_to_be = false;      // some incarnation's node has started
  bool calm = false;
  bool audited = false;
  bool killed = false;  // by SIGKILL, and not yet reaped
  std::optional<Clock::time_point> start_at = {};
  std::optional<Clock::time_point> resume_at = {};  // it stands still until then
  std::optional<Clock::time_point> stop_by = {};    // it was asked to end

  [[nodiscard]] bool is_node() const { return kind != "sql"; }
  // As it is called in the history.
  [[nodiscard]] std::string process() const { return name + '.' + std::to_string(incarnation); }
  // Runs, and is to go on running.
  [[nodiscard]] bool up() const { return hand != nullptr && !killed && !stop_by; }
};

}  // namespace crier::soak
