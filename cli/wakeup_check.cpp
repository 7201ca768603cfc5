// SPDX-License-Identifier: MIT
#include "wakeup_check.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace crier::cli {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr std::size_t kRounds = 5;
// Others' publishes ring, too: a round that one of them has ended early tells nothing.
constexpr int kTries = 20;
// So that the listener sleeps by then, as a node does that has nothing to do.
constexpr std::chrono::milliseconds kSettling{20};
constexpr std::chrono::seconds kPatience{2};

// How long a ring takes.
struct Round {
  bool heard = false;
  microseconds after{0};  // below zero: it was another's ring
};

Round measure(Wakeup& listener, Wakeup& ringer) {
  const std::uint64_t mark = listener.mark();
  Clock::time_point rung;
  std::thread other([&] {
    std::this_thread::sleep_for(kSettling);
    rung = Clock::now();
    ringer.ring();
  });
  const bool heard = listener.wait(mark, kSettling + kPatience);
  const Clock::time_point end = Clock::now();
  other.join();
  return {heard, std::chrono::duration_cast<microseconds>(end - rung)};
}

// "0.06 ms", whatever the locale.
std::string fine_duration(microseconds duration) {
  const std::int64_t hundredths = std::max<std::int64_t>(duration.count() / 10, 0);
  const std::string rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + '.' + std::string(2 - rest.size(), '0') + rest + " ms";
}

SetupCheck not_heard(const std::string& trouble) {
  if (trouble.empty()) {
    return {"wake-up", SetupVerdict::wrong, "not woken: a ring was not heard within 2 s",
            "see what keeps it back, as a firewall, or another machine that has the file open; "
            "until then nodes poll"};
  }
  SetupCheck check = setup_check("wake-up", SetupVerdict::wrong, "not woken: " + trouble);
  if (check.mend.empty()) {
    check.mend = "mend what it names; until then nodes poll";
  }
  return check;
}

}  // namespace

SetupCheck measure_wakeup(Wakeup& listener, Wakeup& ringer) {
  // Both make ready what they need, so that no round has to.
  static_cast<void>(listener.mark());
  static_cast<void>(ringer.mark());
  for (const Wakeup* const side : {&listener, &ringer}) {
    if (const std::string trouble = side->trouble(); !trouble.empty()) {
      return not_heard(trouble);
    }
  }
  std::vector<microseconds> times;
  for (int i = 0; i < kTries && times.size() < kRounds; ++i) {
    const Round round = measure(listener, ringer);
    if (!round.heard) {
      return not_heard(listener.trouble());
    }
    if (round.after >= microseconds(0)) {
      times.push_back(round.after);
    }
  }
  if (times.empty()) {
    return {"wake-up", SetupVerdict::ok, "others' rings are heard, too many to measure one"};
  }
  std::ranges::sort(times);
  return {"wake-up", SetupVerdict::ok,
          "a ring is heard after " + fine_duration(times[times.size() / 2]) + " (the median of " +
              std::to_string(times.size()) + ")"};
}

}  // namespace crier::cli
