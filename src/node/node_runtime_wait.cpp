// SPDX-License-Identifier: MIT
// How a node waits, for itself and for everybody, and what it knows of the others.
#include <crier/error.hpp>

#include "base/deadline.hpp"
#include "base/short_deadline.hpp"
#include "node/core.hpp"
#include "node/node_runtime.hpp"
#include "node/wait_everywhere.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

namespace crier {

WaitEnd NodeRuntime::wait_applied(EntryId entry, std::chrono::milliseconds timeout,
                                  const std::vector<Guid>& refreshers) const {
  AppliedWait wait = make_wait(entry, timeout, refreshers);
  const WaitSources sources = wait_sources();
  while (true) {
    const std::uint64_t changes = position_.state().changes;
    if (const auto end = wait.step(sources, core_->now())) {
      return *end;
    }
    wait_change(changes, wait.next_step());
  }
}

void NodeRuntime::on_applied(EntryId entry, std::chrono::milliseconds timeout, WaitHandler then,
                             const std::vector<Guid>& refreshers) {
  if (!then) {
    throw Error("wait", "there is nothing to call when the wait ends: the function is empty",
                Error::Kind::invalid_argument);
  }
  wait_handlers_->add(make_wait(entry, timeout, refreshers), std::move(then), shared_from_this());
}

AppliedWait NodeRuntime::make_wait(EntryId entry, std::chrono::milliseconds timeout,
                                   const std::vector<Guid>& refreshers) const {
  for (const Guid& refresher : refreshers) {
    if (core_->registry.find(refresher) == nullptr && core_->registry.fallback() == nullptr) {
      throw Error("wait", "no refresher is registered for " + refresher.to_string(),
                  Error::Kind::invalid_argument);
    }
  }
  const auto now = core_->now();
  return {entry, refreshers, now, now + bounded(timeout), position_.waiter()};
}

WaitSources NodeRuntime::wait_sources() const {
  return {.position = position_,
          .dispatcher = core_->dispatcher,
          .look = [this](EntryId entry,
                         std::chrono::milliseconds at_most) { return standing_of(entry, at_most); },
          .ring =
              [this] {
                if (store_ != nullptr) {
                  store_->wakeup().ring();
                }
              },
          .hurry = [this] { store_->wakeup().ring_self(); },
          .around = core_->options.surroundings};
}

Standing NodeRuntime::standing_of(EntryId entry, std::chrono::milliseconds at_most) const {
  if (store_ == nullptr) {
    return Standing::beyond;
  }
  // A database out of reach must not hold up who waits for longer than he said.
  const auto in_touch = std::max<std::chrono::milliseconds>(std::chrono::seconds(2),
                                                            2 * core_->options.poll_interval);
  const auto last_look = core_->now() - position_.state().looked_at;
  if (last_look > in_touch && core_->dispatcher.running(poller_).empty()) {
    return Standing::unsure;
  }
  try {
    return connections_->run(
        "wait",
        [&](Connection& connection) {
          const ShortDeadline hurry(connection, at_most);
          return crier::standing_of(connection.log(), entry);
        },
        ConnectionPool::Repeats::everything);
  } catch (const Error&) {
    return Standing::unsure;
  }
}

WaitResult NodeRuntime::wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const {
  using Clock = std::chrono::steady_clock;
  if (store_ == nullptr) {
    return {};
  }
  const Clock::time_point deadline = core_->now() + bounded(timeout);
  // Only while it looks: many may wait at a time, and for long. A request that stands twice is no
  // trouble.
  const WithConnection with_connection = [&](const std::function<void(Connection&)>& body) {
    connections_->run("wait", body, ConnectionPool::Repeats::everything);
  };
  WaitResult result =
      crier::wait_everywhere(with_connection, entry,
                             {.timeout = timeout,
                              .name = {},
                              .on_look =
                                  [this](const WaitResult&) {
                                    return !position_.is_closed();  // else the node has stopped
                                  }},
                             core_->options.surroundings.get());
  if (result.end == WaitEnd::not_in_log || result.end == WaitEnd::beyond_newest) {
    return result;
  }
  const auto is_self = [incarnation = self().incarnation](const NodeRecord& node) {
    return node.incarnation == incarnation;
  };
  const bool listed =
      std::ranges::any_of(result.reached, is_self) || std::ranges::any_of(result.waiting, is_self);
  // Whose beats were not seen may be alive all the same, if this node's are not seen either.
  if ((!listed || !result.lost.empty()) && !core_->options.read_only &&
      std::ranges::none_of(nodes(), [&](const NodeRecord& node) {
        return is_self(node) && node.state == NodeState::live;
      })) {
    result.certain = false;
    result.trouble =
        "this node's own beats don't reach the database, so it can't tell which nodes live";
  }
  if (listed) {
    return result;
  }
  // This node counts in any case: also if it could not register, or looks stale.
  std::erase_if(result.lost, is_self);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - core_->now());
  NodeRecord here;
  static_cast<NodeReport&>(here) = self();
  const WaitEnd end = wait_applied(entry, left, {});
  result.end = end == WaitEnd::applied ? result.end : end;
  auto& side = end == WaitEnd::applied ? result.reached : result.waiting;
  here.position = position_.entry();
  side.push_back(here);
  return result;
}

std::vector<NodeRecord> NodeRuntime::nodes() const {
  return store_ == nullptr ? std::vector<NodeRecord>()
                           : connections_->run(
                                 "list the nodes",
                                 [](Connection& connection) { return connection.nodes().list(); },
                                 ConnectionPool::Repeats::everything);
}

Freshness NodeRuntime::freshness() const {
  const auto now = core_->now();
  return store_ == nullptr ? Freshness{{}, now, {}, {}} : freshness_of(*core_, position_, now);
}

}  // namespace crier
