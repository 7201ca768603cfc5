// SPDX-License-Identifier: MIT
#pragma once

// What the fuzzers have in common. Each of them is a file that defines try_input(): linked with
// libfuzzer.cpp it is a fuzzer, with replay.cpp a test.

#include <cstdlib>
#include <iostream>
#include <string_view>

namespace crier::test {

/// Does with `input` what the fuzzer is about, and ends the program where a promise is broken.
void try_input(std::string_view input);

/// The program ends here unless `kept`; libFuzzer then keeps the input.
inline void require(bool kept, std::string_view promise) {
  if (!kept) {
    std::cerr << "broken: " << promise << std::endl;
    std::abort();
  }
}

}  // namespace crier::test
