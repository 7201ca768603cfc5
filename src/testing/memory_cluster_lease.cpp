// SPDX-License-Identifier: MIT
// Who leads, and what nodes ask of each other: positions and canaries.
#include "testing/memory_cluster.hpp"

#include <algorithm>

namespace crier::testing {

namespace {

// The longest request.
constexpr std::chrono::hours kYear{24 * 366};

}  // namespace

// The second bound: a lease that was granted before the clock was set back does not last for as
// long as that.
bool MemoryCluster::Held::valid(Time now) const {
  return now < expires && expires - now <= 2 * (expires - since);
}

bool MemoryCluster::Waiting::holds(Time now) const { return now < until && until - now <= kYear; }

std::int64_t MemoryCluster::request_position(EntryId entry, Time timeout, Time now) {
  std::erase_if(requests_, [&](const auto& request) { return !request.second.holds(now); });
  requests_[++last_request_] = {entry, now + std::clamp<Time>(timeout, Time(), kYear)};
  return last_request_;
}

void MemoryCluster::withdraw_request(std::int64_t serial) { requests_.erase(serial); }

std::vector<PositionRequest> MemoryCluster::position_requests(Time now) const {
  constexpr std::size_t kMost = 1000;
  std::vector<PositionRequest> requests;
  for (const auto& [serial, waiting] : requests_) {
    if (waiting.holds(now) && requests.size() < kMost) {
      requests.push_back({serial, waiting.entry});
    }
  }
  return requests;
}

bool MemoryCluster::may_send_canary(Time interval, const Fence& fence, Time now) const {
  const bool due = !canary_ || canary_->at > now || now - canary_->at >= interval;
  return due && holds(fence, now);
}

void MemoryCluster::canary_sent(EntryId entry, Time now) { canary_ = Sent{entry, now}; }

std::optional<Canary> MemoryCluster::canary(Time now) const {
  if (!canary_) {
    return std::nullopt;
  }
  return Canary{canary_->entry, std::max(Time(), now - canary_->at)};
}

Lease MemoryCluster::hold(const Guid& holder, Time duration, Time now) {
  const bool valid = lease_.valid(now);
  if (!valid || lease_.holder == holder) {
    lease_ = {holder, lease_.fencing + (valid ? 0 : 1), now, now + duration};
  }
  return {lease_.holder, lease_.fencing, lease_.expires - now};
}

void MemoryCluster::release(const Guid& holder, Time now) {
  if (lease_.holder == holder) {
    lease_.since = lease_.expires = now;
  }
}

std::optional<Lease> MemoryCluster::holder(Time now) const {
  if (!lease_.valid(now)) {
    return std::nullopt;
  }
  return Lease{lease_.holder, lease_.fencing, lease_.expires - now};
}

bool MemoryCluster::holds(const Fence& fence, Time now) const {
  return lease_.valid(now) && lease_.holder == fence.holder && lease_.fencing == fence.number;
}

}  // namespace crier::testing
