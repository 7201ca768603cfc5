// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace crier {

/// What a check came to. A warning works, and may not for ever.
enum class SetupVerdict : std::uint8_t { ok, warning, wrong };

/// One look at a part of the set-up. A plain value.
struct SetupCheck {
  std::string check;                        ///< what was looked at, in a word that stays: "journal"
  SetupVerdict verdict = SetupVerdict::ok;  ///< what it came to
  std::string found;                        ///< a sentence
  std::string mend = {};  ///< the command, or the step, that mends it; empty if there is nothing to
};

/// A check of a sentence that says what is wrong and, after its last semicolon, what to do.
[[nodiscard]] inline SetupCheck setup_check(std::string check, SetupVerdict verdict,
                                            const std::string& sentence) {
  const std::size_t end = sentence.rfind("; ");
  return end == std::string::npos ? SetupCheck{std::move(check), verdict, sentence}
                                  : SetupCheck{std::move(check), verdict, sentence.substr(0, end),
                                               sentence.substr(end + 2)};
}

}  // namespace crier
