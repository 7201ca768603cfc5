// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "names.hpp"
#include "print.hpp"

#include <string>

namespace crier::cli {

// How entries are shown.
struct Look {
  Paint paint = Paint();
  const Names* names = nullptr;  // null: GUIDs and origins as they are
  bool utc = false;              // else times are local
  bool wide = false;             // else a line fits 80 columns
};

// The name of the node that wrote it, or what the writer said of itself.
[[nodiscard]] std::string writer_text(const Entry& entry, const Look& look);
// The first of its instructions, and how many more there are.
[[nodiscard]] std::string instructions_text(const Entry& entry, const Look& look);
// What stands above entry_line().
[[nodiscard]] std::string entry_head(const Look& look);
// One line: id, time, the node that wrote it, and the first instructions; the count, too, if wide.
[[nodiscard]] std::string entry_line(const Entry& entry, const Look& look);
// All there is to an entry, on several lines. Not ended by a newline.
[[nodiscard]] std::string entry_text(const Entry& entry, const Look& look);

}  // namespace crier::cli
