// SPDX-License-Identifier: MIT
#pragma once

#include "history/event.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace crier::history {

// A history that can't be judged: "FILE:LINE: what is wrong".
class Unreadable final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What one process has told. Holds a part of its file, which is open for moments only: there may be
// thousands.
class File {
 public:
  // Reads the first event. Throws Unreadable.
  explicit File(std::string path);

  [[nodiscard]] bool has_event() const { return has_event_; }
  // REQUIRES: has_event().
  [[nodiscard]] const Event& event() const { return event_; }
  void advance();

  [[nodiscard]] const std::string& process() const { return process_; }
  // Throws unless it ended in order, or was killed: then the last line may be unfinished.
  void require_end(bool killed) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;
  // False at the end of the file.
  bool take_line(std::string& line);
  void check_header();
  // That this can follow what came before.
  void check_order();

  const std::string path_;
  std::size_t offset_ = 0;  // of what is yet to be read
  std::string text_;        // read, from begin_ on not yet taken
  std::size_t begin_ = 0;
  std::size_t line_ = 0;
  std::string process_;
  Event event_;
  bool has_event_ = false;
  bool cut_ = false;                                  // in the middle of a line
  std::set<std::string, std::less<>> nodes_;          // that run
  std::map<std::string, bool, std::less<>> changes_;  // by id: whether it has an outcome
};

// Hands over the events of all files in the order of time. Throws Unreadable.
void merge(const std::vector<std::string>& paths, const std::function<void(const Event&)>& take);

}  // namespace crier::history
