// SPDX-License-Identifier: MIT
// How a poller stands, as an operator has asked, and goes on.
#include "base/duration.hpp"
#include "base/pause.hpp"
#include "base/position.hpp"
#include "base/reporter.hpp"
#include "poller/poller.hpp"
#include "refresh/dispatcher.hpp"

#include <algorithm>

namespace crier {

bool Poller::is_paused() const {
  const Pause& pause = position_.pause();
  return may_stand_ && pause.end() && pause.holds(now());
}

std::optional<std::chrono::steady_clock::time_point> Poller::next_due() const {
  if (is_paused()) {
    return position_.pause().end();
  }
  const auto due = dispatcher_.next_due();
  if (ahead_.empty() || reading_.tries > 0) {  // a look that failed waits for its turn
    return due;
  }
  const auto look = ahead_since_ + settings_.longest_ahead;
  return due ? std::min(*due, look) : look;
}

std::size_t Poller::drain(const std::stop_token& stop) {
  may_stand_ = true;
  std::size_t handled = 0;
  if (!is_paused()) {
    go_on();
    handled = read_on(stop);
  }
  if (is_paused() && !stop.stop_requested()) {
    if (!ahead_.empty()) {
      handled += read_on(stop);  // it stands where it says
    }
    stand(stop);
  }
  return handled;
}

// A cache that must not get older than it may be is emptied meanwhile: nothing of that is read. The
// position stays where it is.
void Poller::stand(const std::stop_token& stop) {
  dispatcher_.run_due(
      number_, stop, [this] { position_.stir(); }, [] { return true; });
  bool stood = true;
  progress_.put(number_, reading_, [&] {
    position_.still_here();
    stood = position_.pause().stand(true);
  });
  if (!stood) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*position_.pause().end() - now());
    reporter_.paused("by " + position_.pause().by() + ", for " + rough_duration(left) +
                     "; it stands at entry " + position_.entry().to_string());
    settings_.publish_position();
  }
  static_cast<void>(log());  // who resumes the node asks for its position
  look_for_requests(now());
}

void Poller::go_on() {
  bool stood = false;
  progress_.put(number_, reading_, [&] { stood = position_.pause().stand(false); });
  if (stood) {
    reporter_.resumed(position_.pause().end() ? "its time is over"
                                              : "by " + position_.pause().by());
    settings_.publish_position();
  }
}

}  // namespace crier
