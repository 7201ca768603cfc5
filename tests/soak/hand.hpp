// SPDX-License-Identifier: MIT
#pragma once

#include "soak/facts.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace crier::soak {

// One process of this program, and the file of its facts. It dies with this one. For a program with
// one thread, since it forks.
class Hand {
 public:
  // `arguments` follow the program's name; its stderr is added to `log`.
  Hand(std::vector<std::string> arguments, const std::string& facts, const std::string& log);
  // Kills it where it still runs.
  ~Hand();
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  void order(const std::string& line) const;
  void signal(int number) const;
  // 128 + the signal's number where it was killed; nothing while it runs.
  [[nodiscard]] std::optional<int> exit_code();
  [[nodiscard]] FactReader& facts() { return facts_; }

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::optional<int> code_;
  FactReader facts_;
};

}  // namespace crier::soak
