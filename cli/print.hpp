// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/instruction.hpp>
#include <crier/observer.hpp>

#include <string>
#include <string_view>

namespace crier::cli {

enum class Tone { faint, strong, warning, problem };

// Colours text, or leaves it as it is.
class Paint {
 public:
  explicit Paint(bool on = false) : on_(on) {}
  [[nodiscard]] std::string operator()(Tone tone, std::string_view text) const;

 private:
  bool on_;
};

// What it orders: "refresh_by_ids 1,2".
[[nodiscard]] std::string order_text(const Instruction& instruction);
// One line: id, stamp, origin, count, and the first instructions.
[[nodiscard]] std::string entry_line(const Entry& entry, const Paint& paint);
// All there is to an entry, on several lines. Not ended by a newline.
[[nodiscard]] std::string entry_text(const Entry& entry, const Paint& paint);
// One line for an instruction that a node has applied.
[[nodiscard]] std::string applied_line(const Instruction& instruction, const Source& source,
                                       const Paint& paint);
[[nodiscard]] std::string resync_line(const Resync& resync, const Paint& paint);

}  // namespace crier::cli
