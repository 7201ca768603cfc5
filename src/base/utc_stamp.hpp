// SPDX-License-Identifier: MIT
#pragma once

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The stamps of entries as times.
namespace crier {

// Milliseconds since 1970 of "2026-11-21 10:00:00.123", with or without the fraction and a 'T' in
// the middle, in UTC. nullopt if it is anything else: stamps are whatever their writers put there.
[[nodiscard]] inline std::optional<std::chrono::milliseconds> parse_utc_stamp(
    std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  const auto fits = [&](std::size_t i) {
    return kShape[i] == 'd' ? is_ascii_digit(text[i])
                            : text[i] == kShape[i] || (kShape[i] == ' ' && text[i] == 'T');
  };
  if (text.size() < kShape.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    if (!fits(i)) {
      return std::nullopt;
    }
  }
  const auto number = [&](std::size_t from, std::size_t digits) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + digits, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  std::string fraction(text.substr(kShape.size()));
  if (!fraction.empty() && fraction.back() == 'Z') {
    fraction.pop_back();
  }
  const bool good =
      fraction.empty() || (fraction.size() > 1 && fraction.front() == '.' &&
                           std::all_of(fraction.begin() + 1, fraction.end(), is_ascii_digit));
  if (!good || !day.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) {
    return std::nullopt;
  }
  fraction = (fraction.empty() ? "" : fraction.substr(1)) + "000";
  int milliseconds = 0;
  std::from_chars(fraction.data(), fraction.data() + 3, milliseconds);
  return std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(number(11, 2)) +
         std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2)) +
         std::chrono::milliseconds(milliseconds);
}

// The same the other way: "2026-11-21 10:00:00.123".
[[nodiscard]] inline std::string utc_stamp(std::chrono::milliseconds since_1970) {
  const auto days = std::chrono::floor<std::chrono::days>(since_1970);
  const std::chrono::year_month_day day{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss time{since_1970 - days};
  const auto padded = [](auto value, std::size_t digits) {
    const std::string text = std::to_string(value);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
  };
  return padded(static_cast<int>(day.year()), 4) + "-" +
         padded(static_cast<unsigned>(day.month()), 2) + "-" +
         padded(static_cast<unsigned>(day.day()), 2) + " " + padded(time.hours().count(), 2) + ":" +
         padded(time.minutes().count(), 2) + ":" + padded(time.seconds().count(), 2) + "." +
         padded(time.subseconds().count(), 3);
}

}  // namespace crier
