// SPDX-License-Identifier: MIT
// Tries each file of the folders that are named, so that what a fuzzer found is a test for good.
#include "fuzz/fuzz.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    if (!fs::exists(argv[i])) {  // nothing was found yet
      continue;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(argv[i])) {
      std::cout << entry.path().string() << std::endl;  // the last line tells which one broke
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string input{std::istreambuf_iterator(file), {}};
      crier::test::require(file.good() || file.eof(), "the file can be read");
      crier::test::try_input(input);
      ++files;
    }
  }
  crier::test::require(files > 0, "there is something to try");
}
