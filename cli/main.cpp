// SPDX-License-Identifier: MIT
#include "app.hpp"
#include "interrupt.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
    const crier::cli::Environment environment{.store = variable("CRIER_STORE"),
                                              .terminal = isatty(STDOUT_FILENO) == 1,
                                              .no_color = !variable("NO_COLOR").empty(),
                                              .error_terminal = isatty(STDERR_FILENO) == 1,
                                              .terminal_type = variable("TERM"),
                                              .input_terminal = isatty(STDIN_FILENO) == 1};
    std::ios::sync_with_stdio(false);
    crier::cli::Interrupt interrupt;
    return crier::cli::run(args, {std::cin, std::cout, std::cerr}, environment, interrupt);
  } catch (const std::exception& error) {
    std::cerr << "crier: " << error.what() << '\n';
    return 1;
  }
}
