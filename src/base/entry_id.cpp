// SPDX-License-Identifier: MIT
#include <crier/entry.hpp>

#include <charconv>
#include <system_error>

namespace crier {

std::string EntryId::to_string() const { return std::to_string(value); }

std::optional<EntryId> EntryId::parse(std::string_view text) noexcept {
  EntryId id;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, id.value);
  // Only one text stands for an id: "007" or "-0" was written by somebody else.
  const bool padded = text.size() > 1 && text.front() == '0';
  if (error != std::errc() || rest != end || text.front() == '-' || padded) {
    return std::nullopt;
  }
  return id;
}

}  // namespace crier
