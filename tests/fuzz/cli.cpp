// SPDX-License-Identifier: MIT
// The words of a command line, each ended by a NUL, in a folder with a small database.
#include "app.hpp"
#include "fuzz/fuzz.hpp"
#include "fuzz/terminal.hpp"
#include "interrupt.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

constexpr const char* kDatabase = "shop.db";

// Without what leads out of the folder: a slash, or an escape that may stand for one.
std::vector<std::string> words_of(std::string_view input) {
  std::vector<std::string> words;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\0'), input.size());
    std::string& word = words.emplace_back(input.substr(0, end));
    std::ranges::replace_if(
        word, [](char c) { return c == '/' || c == '%'; }, '_');
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return words;
}

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

Outcome run(const std::vector<std::string>& words) {
  std::istringstream in("{\"id\":1}\n");
  std::ostringstream out, err;
  cli::Interrupt interrupt;
  interrupt.trigger();  // nothing waits
  const int code = cli::run(words, {in, out, err}, {.store = kDatabase}, interrupt);
  return {code, out.str(), err.str()};
}

// Where the tool runs, and the database that it finds there.
class Folder {
 public:
  Folder() {
    std::filesystem::current_path(origin_.path());
    const std::string refresher = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"migrate"},
             {"send", "--refresher", refresher, "--all"},
             {"send", "--refresher", refresher, "--id", "1", "--id", "2"},
             {"send", "--refresher", refresher, "--payload", "-"}}) {
      require(run(words).code == 0, "the database can be made");
    }
    std::filesystem::current_path(dir_.path());
  }

  // As it was, whatever the last input did.
  void renew() const {
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      std::filesystem::remove_all(file);
    }
    std::filesystem::copy_file(origin_ / kDatabase, dir_ / kDatabase);
  }

 private:
  const TempDir origin_;
  const TempDir dir_;
};

}  // namespace

void try_input(std::string_view input) {
  static const Folder folder;
  const std::vector<std::string> words = words_of(input);
  if (std::ranges::any_of(words, [](const std::string& word) {
        // What runs a command, or writes to a folder that may be the one above.
        return word.find("--exec") != std::string::npos ||
               word.find("--pages") != std::string::npos;
      })) {
    return;
  }
  folder.renew();
  const auto [code, out, err] = run(words);
  require(std::ranges::count(std::array{0, 1, 2, 3, 4, 130}, code) == 1,
          "the exit code is a known one");
  require(fits_a_terminal(out) && fits_a_terminal(err), "what is printed is printable");
  require(err.empty() || err.starts_with("crier: "), "whoever speaks says who it is");
  if (code == 1 || code == 2) {
    require(!err.empty(), "a failure is told");
  }
  if (code == 2) {
    require(out.empty(), "a usage error prints no data");
  }
}

}  // namespace crier::test
