// SPDX-License-Identifier: MIT
#pragma once

#include "fate.hpp"
#include "print.hpp"

#include <string>
#include <string_view>

// What became of an entry, as people are shown it.
namespace crier::cli {

// Static text, for programs: "given_up".
[[nodiscard]] std::string_view to_string(Fate fate) noexcept;

// For people: "not yet".
[[nodiscard]] std::string fate_text(Fate fate);
[[nodiscard]] Tone tone_of(Fate fate);
// A start that has stopped says something only if it has had to do with the entry.
[[nodiscard]] bool has_part(const NodeFate& fate);

}  // namespace crier::cli
