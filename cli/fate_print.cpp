// SPDX-License-Identifier: MIT
#include "fate_print.hpp"

#include <algorithm>

namespace crier::cli {

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
