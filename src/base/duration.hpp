// SPDX-License-Identifier: MIT
#pragma once

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

// Durations as text: what people write in URLs and arguments, and what they are told.
namespace crier {
namespace detail {

struct DurationUnit {
  std::string_view name;
  std::chrono::milliseconds length;
};

// In the order in which they may follow each other.
inline constexpr std::array<DurationUnit, 5> kDurationUnits{{{"d", std::chrono::hours(24)},
                                                             {"h", std::chrono::hours(1)},
                                                             {"m", std::chrono::minutes(1)},
                                                             {"s", std::chrono::seconds(1)},
                                                             {"ms", std::chrono::milliseconds(1)}}};

}  // namespace detail

// Reads 200ms, 5m or 1h30m: whole numbers with units that grow smaller. nullopt if `text` is
// anything else; milliseconds::max() if it is too long to count.
[[nodiscard]] inline std::optional<std::chrono::milliseconds> parse_duration(
    std::string_view text) {
  using std::chrono::milliseconds;
  milliseconds sum{0};
  auto allowed = detail::kDurationUnits.begin();
  do {
    std::int64_t count = 0;
    if (text.empty() || !is_ascii_digit(text.front())) {  // no sign, either
      return std::nullopt;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name(text.begin(), std::ranges::find_if(text, is_ascii_digit));
    const auto unit = std::find_if(allowed, detail::kDurationUnits.end(),
                                   [name](const auto& other) { return other.name == name; });
    if (unit == detail::kDurationUnits.end()) {
      return std::nullopt;
    }
    const bool counts = error == std::errc() && count <= (milliseconds::max() - sum) / unit->length;
    sum = counts ? sum + count * unit->length : milliseconds::max();
    text.remove_prefix(name.size());
    allowed = unit + 1;
  } while (!text.empty());
  return sum;
}

// A duration as parse_duration() reads it, in the largest unit that leaves nothing over: "90s",
// "1d", "-5ms".
[[nodiscard]] inline std::string duration_text(std::chrono::milliseconds duration) {
  const auto fits = [duration](const detail::DurationUnit& unit) {
    return duration % unit.length == std::chrono::milliseconds(0) &&
           duration != std::chrono::milliseconds(0);
  };
  const auto found = std::ranges::find_if(detail::kDurationUnits, fits);
  const detail::DurationUnit& unit =
      found == detail::kDurationUnits.end() ? detail::kDurationUnits.back() : *found;
  return std::to_string(duration / unit.length) + std::string(unit.name);
}

// About how long it is, in people's units: "12 ms", "3.4 s", "5 m 12 s", "3 h 5 m", "2 d 4 h". It
// is never rounded up. One below zero, which takes a clock that was set back, is "0 ms".
[[nodiscard]] inline std::string rough_duration(std::chrono::milliseconds duration) {
  const std::int64_t ms = std::max<std::int64_t>(duration.count(), 0);
  const std::int64_t seconds = ms / 1000;
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  const auto pair = [](std::int64_t large, const char* unit, std::int64_t small,
                       const char* small_unit) {
    return std::to_string(large) + unit + std::to_string(small) + small_unit;
  };
  if (ms < 1000) {
    return std::to_string(ms) + " ms";
  }
  if (minutes < 1) {
    return std::to_string(seconds) + "." + std::to_string(ms / 100 % 10) + " s";
  }
  if (hours < 1) {
    return pair(minutes, " m ", seconds % 60, " s");
  }
  if (hours < 24) {
    return pair(hours, " h ", minutes % 60, " m");
  }
  return pair(hours / 24, " d ", hours % 24, " h");
}

}  // namespace crier
