// SPDX-License-Identifier: MIT
#include "times.hpp"

#include "arguments.hpp"
#include "base/duration.hpp"
#include "base/utc_stamp.hpp"
#include "printable.hpp"

#include <algorithm>
#include <ctime>
#include <optional>

namespace crier::cli {

namespace {

constexpr std::size_t kColumns = 19;

std::chrono::milliseconds now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
}

// How far local time is ahead of UTC then.
std::chrono::seconds offset_at(std::chrono::milliseconds since_1970) {
  const std::time_t time = std::chrono::floor<std::chrono::seconds>(since_1970).count();
  std::tm local{};
  return localtime_r(&time, &local) == nullptr ? std::chrono::seconds(0)
                                               : std::chrono::seconds(local.tm_gmtoff);
}

}  // namespace

std::string shown_time(std::string_view utc_stamp, bool utc) {
  const std::optional<std::chrono::milliseconds> time = parse_utc_stamp(utc_stamp);
  if (!time) {
    std::string text = printable(utc_stamp, 100).substr(0, kColumns);
    return text + std::string(kColumns - text.size(), ' ');
  }
  return crier::utc_stamp(utc ? *time : *time + offset_at(*time)).substr(0, kColumns);
}

std::string short_time(std::string_view utc_stamp, bool utc) {
  constexpr std::size_t kYear = 5, kDate = 10, kRest = kColumns - kYear;
  const std::string text = shown_time(utc_stamp, utc);
  const std::optional<std::chrono::milliseconds> time = parse_utc_stamp(utc_stamp);
  if (!time) {
    return text.substr(0, kRest);
  }
  return *time > now() + std::chrono::days(1) ? text.substr(0, kDate) : text.substr(kYear);
}

std::chrono::milliseconds time_of(std::string_view name, std::string_view text, bool utc) {
  if (const auto age = crier::parse_duration(text)) {
    return now() - std::min(*age, now());
  }
  const std::chrono::milliseconds time = parse_point(name, text).time_since_epoch();
  if (utc || text.ends_with('Z')) {
    return time;
  }
  // Twice: the first may have been on the other side of a change of the hour.
  return time - offset_at(time - offset_at(time));
}

Period period_of(const std::optional<std::string>& since, const std::optional<std::string>& until,
                 bool utc, const std::string& dashes) {
  Period period;
  if (since) {
    period.since = time_of(dashes + "since", *since, utc);
    if (*period.since > now()) {
      throw usage_error(dashes + "since: " + argument_text(*since) +
                        " is in the future: nothing has happened since");
    }
  }
  if (until) {
    period.until = time_of(dashes + "until", *until, utc);
  }
  if (period.since && period.until && *period.since > *period.until) {
    throw usage_error(dashes + "since is after " + dashes + "until: nothing can be between them");
  }
  return period;
}

std::chrono::milliseconds age_of(std::chrono::milliseconds since_1970) {
  return std::max(now() - since_1970, std::chrono::milliseconds(0));
}

}  // namespace crier::cli
