// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace crier::cli {

// A stamp for people: "2026-11-21 10:00:01", in local time unless `utc`. What is no stamp is shown
// as it is, cut to as many columns.
[[nodiscard]] std::string shown_time(std::string_view utc_stamp, bool utc);
// The same in 14 columns: without the year, or without the time of day if it lies in the future.
[[nodiscard]] std::string short_time(std::string_view utc_stamp, bool utc);

// The time that an argument names: an age such as 1h, or a time, which is local unless it ends with
// Z or `utc`. In milliseconds since 1970. Throws a usage error that names the argument.
[[nodiscard]] std::chrono::milliseconds time_of(std::string_view name, std::string_view text,
                                                bool utc);

// What lies between two times, in milliseconds since 1970. Each may be open.
struct Period {
  std::optional<std::chrono::milliseconds> since;
  std::optional<std::chrono::milliseconds> until;
};

// That of two arguments, each as time_of() reads it: `dashes` and "since", `dashes` and "until".
// Throws a usage error also if nothing can lie there: if `since` is in the future by this machine's
// clock, or after `until`.
[[nodiscard]] Period period_of(const std::optional<std::string>& since,
                               const std::optional<std::string>& until, bool utc,
                               const std::string& dashes = "--");

// How long ago `since_1970` is by this machine's clock; not below 0.
[[nodiscard]] std::chrono::milliseconds age_of(std::chrono::milliseconds since_1970);

}  // namespace crier::cli
