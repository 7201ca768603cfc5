// SPDX-License-Identifier: MIT
#include "node/wait_everywhere.hpp"

#include <crier/error.hpp>

#include "base/deadline.hpp"
#include "base/short_deadline.hpp"
#include "node/applied_wait.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace crier {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// To withdraw what was requested.
constexpr milliseconds kWithdrawDeadline{100};

// A ring that reaches a node together with an entry's is taken for that: the next ones follow after
// these pauses, each twice as long as the one before.
constexpr milliseconds kFirstReminder{10};
constexpr milliseconds kLongestBetweenReminders{1000};

Clock::time_point now_of(const Surroundings* around) {
  return around == nullptr ? Clock::now() : around->now();
}

void sleep_until(Clock::time_point until, Surroundings* around) {
  if (around == nullptr) {
    std::this_thread::sleep_until(until);
  } else {
    around->pass(until);
  }
}

// Makes the nodes publish their positions as long as it lives.
class RequestGuard {
 public:
  RequestGuard(const WithConnection& with_connection, EntryId entry, Clock::time_point deadline,
               const Surroundings* around)
      : with_connection_(with_connection), around_(around) {
    try {
      with_connection_([&](Connection& connection) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - now_of(around));
        // A database that is locked must not make the caller wait for longer than it said.
        const ShortDeadline hurry(connection, left);
        serial_ = connection.nodes().request_position(entry, left);
      });
    } catch (const Error& error) {
      trouble_ = error.what();
    }
  }
  ~RequestGuard() {
    try {
      if (serial_) {
        with_connection_([&](Connection& connection) {
          const ShortDeadline hurry(connection, kWithdrawDeadline);
          connection.nodes().withdraw_request(*serial_);
        });
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): it ends with its timeout
    }
  }
  RequestGuard(const RequestGuard&) = delete;
  RequestGuard& operator=(const RequestGuard&) = delete;

  // Empty: the nodes were asked.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

  // Rings again if it is time for that.
  void remind_if_due(Connection& connection) {
    const Clock::time_point now = now_of(around_);
    if (serial_ && now >= remind_at_) {
      connection.nodes().remind();
      pause_ = std::min(2 * pause_, kLongestBetweenReminders);
      remind_at_ = now + pause_;
    }
  }

 private:
  const WithConnection& with_connection_;
  const Surroundings* const around_;
  std::optional<std::int64_t> serial_;
  std::string trouble_;
  milliseconds pause_ = kFirstReminder;
  Clock::time_point remind_at_ = now_of(around_) + pause_;
};

// The nodes that a wait is for.
class WaitSet {
 public:
  WaitSet(std::vector<NodeRecord> nodes, EntryId entry, std::string_view name)
      : entry_(entry), latest_(std::move(nodes)) {
    std::erase_if(latest_, [&](const NodeRecord& node) {
      return node.state != NodeState::live || (!name.empty() && node.name != name);
    });
  }

  [[nodiscard]] WaitResult result(const std::string& trouble) const {
    WaitResult result;
    for (const NodeRecord& node : latest_) {
      if (node.position >= entry_) {
        result.reached.push_back(node);
      } else if (node.state == NodeState::live) {
        result.waiting.push_back(node);
      } else {
        result.lost.push_back(node);
      }
    }
    result.trouble = trouble;
    return result;
  }

  void update(std::vector<NodeRecord> all) {
    for (NodeRecord& node : latest_) {
      // Once it was there it was there: its position moves back if the log is made anew.
      if (node.position >= entry_) {
        continue;
      }
      const auto now = std::ranges::find(all, node.incarnation, &NodeRecord::incarnation);
      if (now == all.end()) {
        node.state = NodeState::stopped;  // and forgotten
      } else {
        node = std::move(*now);
      }
    }
  }

 private:
  const EntryId entry_;
  std::vector<NodeRecord> latest_;  // each as it was last seen
};

}  // namespace

WaitResult wait_everywhere(const WithConnection& with_connection, EntryId entry,
                           const WaitOptions& options, Surroundings* around) {
  constexpr Clock::duration kLongestPause = milliseconds(20);

  const Clock::time_point deadline = now_of(around) + bounded(options.timeout);
  std::vector<NodeRecord> nodes;
  Standing standing = Standing::there;
  with_connection([&](Connection& connection) {
    standing = standing_of(connection.log(), entry);
    nodes = connection.nodes().list();
  });
  WaitSet set(std::move(nodes), entry, options.name);
  WaitResult result = set.result({});
  if (standing == Standing::other) {
    result.end = WaitEnd::not_in_log;
    return result;
  }
  const auto goes_on = [&] {
    const bool on = !options.on_look || options.on_look(result);
    result.end = on || result ? result.end : WaitEnd::stopped;
    return on;
  };
  if (!goes_on() || result) {
    return result;
  }
  if (standing == Standing::beyond) {
    result.end = WaitEnd::beyond_newest;
    return result;
  }
  RequestGuard request(with_connection, entry, deadline, around);
  result.trouble = request.trouble();
  for (Clock::duration pause = milliseconds(1); !result;
       pause = std::min(2 * pause, kLongestPause)) {
    const Clock::time_point now = now_of(around);
    const Clock::duration left = deadline - now;
    if (left <= Clock::duration::zero()) {
      result.end = WaitEnd::timed_out;
      break;
    }
    sleep_until(now + std::min(pause, left), around);
    with_connection([&](Connection& connection) {
      set.update(connection.nodes().list());
      result = set.result(request.trouble());
      if (!result) {
        request.remind_if_due(connection);
      }
    });
    if (!goes_on()) {
      break;
    }
  }
  return result;
}

WaitResult wait_everywhere(Connection& connection, EntryId entry, const WaitOptions& options) {
  return wait_everywhere([&](const auto& body) { body(connection); }, entry, options, nullptr);
}

}  // namespace crier
