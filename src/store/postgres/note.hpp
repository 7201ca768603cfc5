// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crier::postgres {

// How loud a ring is: one for more than an append is told apart. `none` only proves that notes
// arrive.
enum class Ring : std::uint8_t { none, entry, call };

// What a NOTIFY of crier's says; `from` is the name of a bell. Anything else that comes over the
// channel, as from somebody's own SQL, is a call from nobody.
struct Note {
  Ring ring = Ring::call;
  std::string_view from;
};

// In SQL, for the name of a channel and a note of note_of(); neither needs quoting.
[[nodiscard]] inline std::string notify_sql(std::string_view channel, std::string_view note) {
  return std::string("NOTIFY ").append(channel).append(", '").append(note).append("'");
}

[[nodiscard]] inline std::string note_of(Ring ring, std::string_view from) {
  constexpr std::string_view kMarks = "pec";
  return std::string{'c', 'r', ' ', kMarks[static_cast<std::size_t>(ring)]}.append(from);
}

[[nodiscard]] inline Note note_in(std::string_view text) {
  constexpr std::string_view kBegin = "cr ";
  if (text.size() <= kBegin.size() || !text.starts_with(kBegin)) {
    return {};
  }
  const std::string_view from = text.substr(kBegin.size() + 1);
  switch (text[kBegin.size()]) {
    case 'p':
      return {Ring::none, from};
    case 'e':
      return {Ring::entry, from};
    default:
      return {Ring::call, from};
  }
}

}  // namespace crier::postgres
