// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/instruction.hpp>
#include <crier/observer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace crier::cli {

class Names;

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
// How much of an instruction is shown: on one line among others, or for its own sake.
struct Detail {
  std::size_t ids;
  std::size_t payload_bytes;
};
inline constexpr Detail kShort{8, 80};
inline constexpr Detail kFull{1000, 16 * 1024};
// "ProductRefresher refresh_by_ids 1,2"; the GUID without `names`, the front of it if `brief`.
[[nodiscard]] std::string instruction_text(const Instruction& instruction, const Detail& detail,
                                           const Paint& paint, const Names* names = nullptr,
                                           bool brief = false);
// One line for an instruction that a node has applied.
[[nodiscard]] std::string applied_line(const Instruction& instruction, const Source& source,
                                       const Paint& paint);
[[nodiscard]] std::string resync_line(const Resync& resync, const Paint& paint);

}  // namespace crier::cli
