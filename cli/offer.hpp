// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class Option;
}

namespace crier::cli {

// What a shell may offer as the value of an option, or as an argument.
struct Offer {
  enum class Kind : std::uint8_t {
    nothing,
    words,         // those below
    files,         // and a database's, behind "sqlite:", too
    text_or_file,  // a file behind '@'
    refreshers,    // by name, as the store has them
    nodes,
  };
  Kind kind = Kind::nothing;
  std::vector<std::string> words = {};  // letters, digits and hyphens
};

// Notes it beside the option, which is returned.
CLI::Option* offer(CLI::Option* option, const Offer& offered);
CLI::Option* offer_words(CLI::Option* option, std::vector<std::string> words);

// What was noted; Kind::nothing if that is nothing.
[[nodiscard]] Offer offer_of(CLI::Option& option);

}  // namespace crier::cli
