// SPDX-License-Identifier: MIT
#include "node_answers.hpp"

#include <crier/error.hpp>

#include "interrupt.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace crier::cli {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestSleep{20};
// A ring that reaches a node together with an entry's is taken for that: more follow.
constexpr milliseconds kBetweenReminders{100};

// What makes the nodes speak, as long as it lives.
class Request {
 public:
  Request(Session& session, NodeDirectory& directory, milliseconds timeout)
      : directory_(directory) {
    try {
      serial_ = directory.request_position({}, timeout);
    } catch (const Error& error) {
      session.say(
          std::string("the nodes could not be asked, and hear of it with their next beats: ") +
          error.what());
    }
  }
  ~Request() {
    try {
      if (serial_) {
        directory_.withdraw_request(*serial_);
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): it ends with its timeout
    }
  }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

 private:
  NodeDirectory& directory_;
  std::optional<std::int64_t> serial_;
};

}  // namespace

std::vector<NodeRecord> await_nodes(
    Session& session, NodeDirectory& directory, milliseconds timeout,
    const std::function<bool(const std::vector<NodeRecord>&)>& enough) {
  using Clock = std::chrono::steady_clock;
  session.interrupt.catch_signals();
  const Request request(session, directory, timeout);
  const Clock::time_point begun = Clock::now();
  Clock::time_point reminded = begun;
  milliseconds pause{1};
  while (true) {
    std::vector<NodeRecord> nodes = directory.list();
    const Clock::time_point now = Clock::now();
    const auto left = timeout - std::chrono::floor<milliseconds>(now - begun);
    if (enough(nodes) || left <= milliseconds(0) ||
        session.interrupt.wait_for(std::min(pause, left))) {
      return nodes;
    }
    if (now - reminded >= kBetweenReminders) {
      directory.remind();
      reminded = now;
    }
    pause = std::min(2 * pause, kLongestSleep);
  }
}

}  // namespace crier::cli
