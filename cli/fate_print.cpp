// SPDX-License-Identifier: MIT
#include "fate_print.hpp"

#include <algorithm>

namespace crier::cli {

std::string_view to_string(Fate fate) noexcept {
  switch (fate) {
    case Fate::applied:
      return "applied";
    case Fate::given_up:
      return "given_up";
    case Fate::superseded:
      return "superseded";
    case Fate::before_start:
      return "before_start";
    case Fate::no_refresher:
      return "no_refresher";
    case Fate::not_asked:
      return "not_asked";
    case Fate::paused:
      return "paused";
    case Fate::not_yet:
      return "not_yet";
    case Fate::not_known:
      break;
  }
  return "not_known";
}

std::string fate_text(Fate fate) {
  std::string words(to_string(fate));
  std::ranges::replace(words, '_', ' ');
  return words;
}

Tone tone_of(Fate fate) {
  switch (fate) {
    case Fate::given_up:
      return Tone::problem;
    case Fate::paused:
    case Fate::not_yet:
    case Fate::not_known:
      return Tone::warning;
    case Fate::superseded:
    case Fate::applied:
      return Tone::strong;
    default:
      return Tone::faint;
  }
}

bool has_part(const NodeFate& fate) {
  return fate.fate != Fate::not_asked &&
         (fate.state != NodeState::stopped || fate.is_writer || fate.fate == Fate::applied ||
          fate.fate == Fate::given_up || fate.fate == Fate::superseded);
}

}  // namespace crier::cli
