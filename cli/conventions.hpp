// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

namespace crier::cli {

// What holds for every command, in the help and the manual pages alike.
struct Convention {
  std::string_view name;
  std::string_view meaning;
};

inline constexpr std::array<Convention, 6> kExitCodes{{
    {"0", "done"},
    {"1", "failed"},
    {"2", "usage: the command line is wrong, and nothing was done"},
    {"3",
     "not so: a wait that timed out, an unhealthy status, a key without a value, a "
     "question that was answered with no"},
    {"4", "could not look: a status, doctor, metrics or audit whose store is out of reach"},
    {"130", "interrupted before it was done"},
}};

inline constexpr std::array<Convention, 3> kVariables{{
    {"CRIER_STORE", "the store, if --store is not given"},
    {"NO_COLOR", "if it is set, and not empty: never colour the output"},
    {"TERM", "if it is dumb: show no progress"},
}};

}  // namespace crier::cli
