// SPDX-License-Identifier: MIT
#include "duration.hpp"

#include "arguments.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>

namespace crier::cli {

namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  milliseconds length;
};
// In the order in which they may follow each other.
constexpr std::array<Unit, 5> kUnits{{{"d", std::chrono::hours(24)},
                                      {"h", std::chrono::hours(1)},
                                      {"m", std::chrono::minutes(1)},
                                      {"s", std::chrono::seconds(1)},
                                      {"ms", milliseconds(1)}}};
constexpr milliseconds kLongest = std::chrono::hours(24 * 36'500);

std::optional<milliseconds> duration_of(std::string_view text) {
  milliseconds sum{0};
  auto allowed = kUnits.begin();
  do {
    const bool negative = text.starts_with('-');
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("-0123456789"));
    const auto unit = std::find_if(allowed, kUnits.end(),
                                   [name](const Unit& other) { return other.name == name; });
    if (error != std::errc() || negative || unit == kUnits.end() ||
        count > (kLongest - sum) / unit->length) {
      return std::nullopt;
    }
    sum += count * unit->length;
    text.remove_prefix(name.size());
    allowed = unit + 1;
  } while (!text.empty());
  return sum;
}

std::string pair_of(std::int64_t large, std::string_view large_unit, std::int64_t small,
                    std::string_view small_unit) {
  return std::to_string(large) + " " + std::string(large_unit) + " " + std::to_string(small) + " " +
         std::string(small_unit);
}

}  // namespace

milliseconds parse_duration(std::string_view name, std::string_view text) {
  const std::optional<milliseconds> duration = duration_of(text);
  if (!duration) {
    throw usage_error(std::string(name) + ": \"" + std::string(text) +
                      "\" is not a duration such as 200ms, 2s, 5m, 2h, 7d or 1h30m, of at most "
                      "36500d");
  }
  return *duration;
}

std::string duration_text(milliseconds duration) {
  const std::int64_t ms = std::max<std::int64_t>(duration.count(), 0);
  const std::int64_t seconds = ms / 1000;
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  if (ms < 1000) {
    return std::to_string(ms) + " ms";
  }
  if (minutes < 1) {
    return std::to_string(seconds) + "." + std::to_string(ms / 100 % 10) + " s";
  }
  if (hours < 1) {
    return pair_of(minutes, "m", seconds % 60, "s");
  }
  if (hours < 24) {
    return pair_of(hours, "h", minutes % 60, "m");
  }
  return pair_of(hours / 24, "d", hours % 24, "h");
}

}  // namespace crier::cli
