// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crier {

class Dispatcher;
class Reporter;

// What is not well with a node, a sentence each: of its refreshers, of what it publishes, of the
// keeper's duties (without `but`), and of its wake-ups.
[[nodiscard]] std::vector<std::string> troubles_of(Dispatcher& dispatcher, const Reporter& reporter,
                                                   std::string_view but = {});

}  // namespace crier
