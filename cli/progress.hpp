// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/wait.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace crier::cli {

// How far the nodes are on their way to `entry`: a line that sums up, and one for each node that is
// missing, as far as they fit on a terminal.
[[nodiscard]] std::vector<std::string> progress_lines(const WaitResult& result, EntryId entry);

// Shows lines on a terminal, in place of those before, and wipes them in the end.
class Progress {
 public:
  explicit Progress(std::ostream& terminal) : terminal_(terminal) {}
  ~Progress() { show({}); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(const std::vector<std::string>& lines);

 private:
  std::ostream& terminal_;
  std::vector<std::string> shown_;
};

}  // namespace crier::cli
