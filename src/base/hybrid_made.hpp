// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/shared_half.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace crier {

// What a value of a hybrid cache says of itself, before anything else: GENERATION APPLIED, and then
// a blank or the end of the line.
struct HybridMade {
  static constexpr std::size_t kMostBytes = 48;  // of a text in which the longest is whole

  std::uint64_t generation = 0;
  EntryId applied;  // by its node, when its factory began

  // What `text` begins with, which goes from it; nothing if that is something else.
  [[nodiscard]] static std::optional<HybridMade> take(std::string_view& text) {
    HybridMade made;
    if (!take_number(text, made.generation) || !text.starts_with(' ')) {
      return std::nullopt;
    }
    text.remove_prefix(1);
    if (!take_number(text, made.applied.value) || text.find_first_of(" \n") != 0) {
      return std::nullopt;
    }
    return made;
  }
  // Whether nobody may serve it, whatever its key and its tags.
  [[nodiscard]] bool is_void(const HybridRecord& record) const {
    return generation != record.generation || applied < record.floor;
  }

 private:
  template <class Number>
  static bool take_number(std::string_view& text, Number& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return error == std::errc();
  }
};

}  // namespace crier
