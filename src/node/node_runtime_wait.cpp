// SPDX-License-Identifier: MIT
// How a node waits, for itself and for everybody, and what it knows of the others.
#include <crier/error.hpp>

#include "base/deadline.hpp"
#include "node/core.hpp"
#include "node/node_runtime.hpp"
#include "node/wait_everywhere.hpp"

#include <algorithm>
#include <functional>

namespace crier {

bool NodeRuntime::wait_applied(EntryId entry, std::chrono::milliseconds timeout) const {
  constexpr std::chrono::milliseconds kWoken{2};  // by then one that was rung for is applied
  const auto deadline = deadline_after(timeout);
  if (position_.wait(entry, std::min(timeout, kWoken))) {
    return true;
  }
  if (store_ != nullptr) {
    store_->wakeup().ring();
  }
  const auto left = deadline - std::chrono::steady_clock::now();
  return position_.wait(entry, std::chrono::ceil<std::chrono::milliseconds>(left));
}

WaitResult NodeRuntime::wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const {
  using Clock = std::chrono::steady_clock;
  if (store_ == nullptr) {
    return {};
  }
  const Clock::time_point deadline = deadline_after(timeout);
  // Only while it looks: many may wait at a time, and for long. A request that stands twice is no
  // trouble.
  const WithConnection with_connection = [&](const std::function<void(Connection&)>& body) {
    connections_->run("wait", body, ConnectionPool::Repeats::everything);
  };
  WaitResult result =
      crier::wait_everywhere(with_connection, entry,
                             {.timeout = timeout, .name = {}, .on_look = [this](const WaitResult&) {
                                return !position_.is_closed();  // else the node has stopped
                              }});
  const auto is_self = [this](const NodeRecord& node) {
    return node.incarnation == self_.incarnation;
  };
  if (std::ranges::any_of(result.reached, is_self) ||
      std::ranges::any_of(result.waiting, is_self)) {
    return result;
  }
  // This node counts in any case: also if it could not register, or looks stale.
  std::erase_if(result.lost, is_self);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  NodeRecord self;
  static_cast<NodeReport&>(self) = self_;
  auto& side = wait_applied(entry, left) ? result.reached : result.waiting;
  self.position = position_.entry();
  side.push_back(self);
  return result;
}

std::vector<NodeRecord> NodeRuntime::nodes() const {
  return store_ == nullptr ? std::vector<NodeRecord>()
                           : connections_->run(
                                 "list the nodes",
                                 [](Connection& connection) { return connection.nodes().list(); },
                                 ConnectionPool::Repeats::everything);
}

}  // namespace crier
