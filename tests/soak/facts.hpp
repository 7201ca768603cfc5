// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace crier::soak {

// Where a process says what the controller goes by; what it has read and applied goes into its
// history. A line is one write to the end of a file, so that a process that is killed loses nothing
// that it has said. Thread-safe.
//   started ORIGINATED   its node runs, and bears this name in the log
//   intent JSON          it is about to change what these instructions tell of, and to publish them
//   ack KIND             a publish has returned
//   calm                 it makes no more trouble
//   audit [WORDS]        its node has come to the end; what of its caches is not as the table is
//   told WORDS           anything else worth counting
class Facts {
 public:
  explicit Facts(const std::string& file);
  ~Facts();
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;

  void say(std::string line) const;

 private:
  const int descriptor_;
};

// Follows such a file while it grows, with the memory of one line.
class FactReader {
 public:
  // The file need not be there yet.
  explicit FactReader(std::string file) : file_(std::move(file)) {}
  ~FactReader();
  FactReader(const FactReader&) = delete;
  FactReader& operator=(const FactReader&) = delete;

  // Hands over the whole lines that have come since.
  template <class Take>
  void read(Take take) {
    while (fill()) {
      std::size_t begin = 0;
      for (std::size_t end = 0; (end = text_.find('\n', begin)) != std::string::npos;
           begin = end + 1) {
        take(std::string_view(text_).substr(begin, end - begin));
      }
      text_.erase(0, begin);
    }
  }

 private:
  [[nodiscard]] bool fill();

  const std::string file_;
  int descriptor_ = -1;
  std::string text_;
};

}  // namespace crier::soak
