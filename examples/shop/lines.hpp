// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace shop {

// Steady time in nanoseconds. On one Linux host it is the same clock in every process.
[[nodiscard]] std::int64_t now_ns();

// Waits until `descriptor` has something to read, or has ended.
[[nodiscard]] bool readable(int descriptor, std::chrono::milliseconds timeout);

// Writes one line at once, so that lines of several threads do not mix; a negative descriptor
// takes none. False where nobody reads any more.
bool write_line(int descriptor, const std::string& line);

// Cuts what a descriptor brings into lines.
class LineReader {
 public:
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}
  // Reads what is there, waiting for it where nothing is. False at the end.
  bool fill();
  // The next whole line.
  [[nodiscard]] std::optional<std::string> next();

 private:
  int descriptor_;
  std::string pending_;
};

}  // namespace shop
