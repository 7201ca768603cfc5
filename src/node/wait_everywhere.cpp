// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/admin/wait.hpp>
#include <crier/error.hpp>

#include "base/deadline.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace crier {

namespace {

using Clock = std::chrono::steady_clock;

// To take back what was asked.
constexpr std::chrono::milliseconds kTakeBackDeadline{100};

// Makes the nodes publish their positions as long as it lives.
class Asking {
 public:
  Asking(Connection& connection, EntryId entry, std::chrono::milliseconds timeout)
      : connection_(connection), deadline_(connection.deadline()) {
    try {
      // A database that is locked must not make the caller wait for longer than it said.
      connection.set_deadline(std::clamp(timeout, std::chrono::milliseconds(1), deadline_));
      serial_ = connection.nodes().ask(entry, timeout);
    } catch (const Error& error) {
      trouble_ = error.what();
    }
  }
  ~Asking() {
    try {
      if (serial_) {
        connection_.set_deadline(std::min(kTakeBackDeadline, deadline_));
        connection_.nodes().answered(*serial_);
      }
    } catch (...) {  // NOLINT(bugprone-empty-catch): it ends with its timeout
    }
    connection_.set_deadline(deadline_);
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  // Empty: they were asked.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  Connection& connection_;
  const std::chrono::milliseconds deadline_;  // the connection's own
  std::optional<std::int64_t> serial_;
  std::string trouble_;
};

// The nodes that a wait is for.
class Crowd {
 public:
  Crowd(NodeDirectory& nodes, EntryId entry, std::string_view name)
      : nodes_(nodes), entry_(entry), latest_(nodes.list()) {
    std::erase_if(latest_, [&](const NodeRecord& node) {
      return node.state != NodeState::live || (!name.empty() && node.name != name);
    });
  }

  [[nodiscard]] WaitResult result() const {
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
    return result;
  }

  void look() {
    std::vector<NodeRecord> all = nodes_.list();
    for (NodeRecord& node : latest_) {
      // Once it was there it was there: its position moves back where the log is made anew.
      if (node.position >= entry_) {
        continue;
      }
      const auto now = std::find_if(all.begin(), all.end(), [&](const NodeRecord& other) {
        return other.incarnation == node.incarnation;
      });
      if (now == all.end()) {
        node.state = NodeState::stopped;  // and forgotten
      } else {
        node = std::move(*now);
      }
    }
  }

 private:
  NodeDirectory& nodes_;
  const EntryId entry_;
  std::vector<NodeRecord> latest_;  // each as it was last seen
};

}  // namespace

WaitResult wait_everywhere(Connection& connection, EntryId entry, const WaitOptions& options) {
  using std::chrono::milliseconds;
  constexpr Clock::duration kLongestPause = milliseconds(20);

  const Clock::time_point deadline = deadline_after(options.timeout);
  Crowd crowd(connection.nodes(), entry, options.name);
  WaitResult result = crowd.result();
  const auto goes_on = [&] { return !options.on_look || options.on_look(result); };
  if (!goes_on() || result) {
    return result;
  }
  const Asking asking(connection, entry, options.timeout);
  result.trouble = asking.trouble();
  for (Clock::duration pause = milliseconds(1); !result;
       pause = std::min(2 * pause, kLongestPause)) {
    const Clock::duration left = deadline - Clock::now();
    if (left <= Clock::duration::zero()) {
      break;
    }
    std::this_thread::sleep_for(std::min(pause, left));
    crowd.look();
    result = crowd.result();
    result.trouble = asking.trouble();
    if (!goes_on()) {
      break;
    }
  }
  return result;
}

}  // namespace crier
