// SPDX-License-Identifier: MIT
#include "soak/settings.hpp"

#include <charconv>
#include <random>
#include <string_view>
#include <system_error>

namespace crier::soak {

namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr std::size_t kMostProcesses = 200;  // of a kind: each takes memory and descriptors
constexpr std::chrono::hours kLongest{10'000};

// So many times `unit`; less than nothing where `text` is no number, or beyond kLongest.
Milliseconds times(std::string_view text, Milliseconds unit) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const double all = number * static_cast<double>(unit.count());
  const bool good = error == std::errc() && stop == end && !text.starts_with('-') &&
                    all <= static_cast<double>(Milliseconds(kLongest).count());
  return Milliseconds(good ? static_cast<std::int64_t>(all) : -1);
}

Milliseconds minutes_of(const Words& words, Milliseconds otherwise) {
  if (!words.has("minutes")) {
    return otherwise;
  }
  const std::string text = words.text("minutes");
  const Milliseconds duration = times(text, std::chrono::minutes(1));
  if (duration <= Milliseconds(0)) {
    throw UsageError("--minutes wants a number above 0, 600000 at most, not '" + text + "'");
  }
  return duration;
}

Milliseconds pause_of(const Words& words, Milliseconds otherwise) {
  if (!words.has("kill-every")) {
    return otherwise;
  }
  const std::string text = words.text("kill-every");
  std::string_view number = text;
  const bool in_milliseconds = number.ends_with("ms");
  if (in_milliseconds || number.ends_with('s')) {
    number.remove_suffix(in_milliseconds ? 2 : 1);
  }
  const Milliseconds pause = times(number, Milliseconds(in_milliseconds ? 1 : 1000));
  if (pause < Milliseconds(0)) {
    throw UsageError("--kill-every wants a time such as 1s or 500ms, or 0 for never, not '" + text +
                     "'");
  }
  return pause;
}

}  // namespace

Settings settings_of(const Words& words) {
  Settings settings;
  settings.duration = minutes_of(words, settings.duration);
  settings.nodes = words.number("nodes", settings.nodes, 1, kMostProcesses);
  settings.writers = words.number("writers", settings.writers, 1, kMostProcesses);
  settings.kill_every = pause_of(words, settings.kill_every);
  settings.seed = words.number("seed", std::random_device{}());
  settings.faults = !words.has("no-faults");
  settings.restores = !words.has("no-restores");
  settings.postgres = words.has("postgres");
  settings.sabotage = words.text("sabotage");
  settings.dir = words.text("dir");
  return settings;
}

}  // namespace crier::soak
