// SPDX-License-Identifier: MIT
#pragma once

#include "facts.hpp"
#include "finding.hpp"
#include "print.hpp"
#include "screen.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace crier::cli {

// What a look at a log has found.
struct TopLook {
  std::string time;  // of day, "14:03:07"; empty: there has been none that went well
  Facts facts;
  Findings findings;
  std::string rate;                  // "12.4 entries/s"; may be empty
  std::vector<std::string> entries;  // a head, and lines, newest first
  std::string error;                 // why the last look has failed: all else is as of `time`
};

// How it is shown.
struct TopView {
  enum class Order : std::uint8_t { trouble, name, behind, beat };

  Order order = Order::trouble;
  bool reverse = false;
  bool paused = false;
  bool help = false;
  std::size_t page = 0;  // of all there is, in full; after the last comes the overview, which is 0
  std::chrono::milliseconds interval{2000};
  std::chrono::milliseconds unanswered{0};  // for how long the look that is under way has been
};

// What a key does to it: sorts, turns round, pauses, helps, pages. False if it means nothing.
[[nodiscard]] bool apply_key(char key, TopView& view);

// The whole screen: at most `size.rows` lines of at most `size.columns` columns.
[[nodiscard]] std::vector<std::string> top_lines(const TopLook& look, const TopView& view,
                                                 const Screen::Size& size, const Paint& paint);

// How many of `room` lines each gets of those it wants: what one leaves the others share.
[[nodiscard]] std::vector<std::size_t> shares(const std::vector<std::size_t>& wanted,
                                              std::size_t room);

}  // namespace crier::cli
