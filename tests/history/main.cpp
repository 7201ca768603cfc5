// SPDX-License-Identifier: MIT
// check_history FILE…: judges what the processes of one run have told. Ends with 0 if nothing is
// wrong, 1 if something is, 2 if the files make no sense.
#include "history/checker.hpp"
#include "history/history.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  using namespace crier::history;
  const std::vector<std::string> files(argv + 1, argv + argc);
  if (files.empty()) {
    std::cerr << "check_history: name the files of a history, one of each process\n";
    return 2;
  }
  try {
    Checker checker;
    merge(files, [&](const Event& event) { checker.take(event); });
    for (const Finding& finding : checker.findings()) {
      std::cout << to_string(finding.violation) << ": " << finding.what << '\n';
    }
    std::cout << files.size() << " processes, " << checker.events(Kind::publish) << " changes, "
              << checker.events(Kind::restore) << " restores, " << checker.reads() << " reads, "
              << checker.bounded_reads() << " of them bounded: " << checker.found() << " wrong\n";
    return checker.found() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "check_history: " << error.what() << '\n';
    return 2;
  }
}
