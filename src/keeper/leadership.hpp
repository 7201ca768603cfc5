// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include <atomic>
#include <chrono>
#include <optional>

namespace crier {

class Reporter;

// The role of this node: whether it has the lease, and since when. Used by one thread at a time,
// but for role().
class Leadership {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `fixed`: the role of the options; `unknown` if the lease gives it.
  Leadership(Reporter& reporter, const Guid& incarnation, Role fixed,
             std::chrono::milliseconds lease_duration);

  // Takes or renews the lease and settles the role. Throws crier::Error.
  void hold(RoleLeases& leases, bool alone, Time now);
  // The lease could not be renewed: it ends some time, and with it the role.
  void lapse(Time now);
  // Gives the lease back.
  void leave(RoleLeases& leases);

  // Any thread. What was settled longer ago than a lease lasts holds no more: another one may lead.
  [[nodiscard]] Role role(Time now) const noexcept;
  // Proof for the leader's work; nothing if this node does not lead, or has not renewed its lease
  // for so long that another one may.
  [[nodiscard]] std::optional<Fence> fence(Time now) const {
    return has_lapsed(now) ? std::nullopt : fence_;
  }
  // From now on under another incarnation, which does not lead yet.
  void rename(const Guid& incarnation) {
    incarnation_ = incarnation;
    fence_.reset();
  }
  // There was a break: what the other nodes did in it was not seen.
  void look_anew(Time now) { watches_since_ = now; }
  // Since when this node leads. REQUIRES: fence().
  [[nodiscard]] Time leads_since() const { return leads_since_; }
  // The same, or since the last break after that.
  [[nodiscard]] Time watches_since() const { return watches_since_; }

 private:
  void become(Role role);
  [[nodiscard]] bool has_lapsed(Time now) const noexcept {
    return now - settled_at_.load() >= lease_duration_;
  }

  Reporter& reporter_;
  Guid incarnation_;
  const Role fixed_;
  const std::chrono::milliseconds lease_duration_;

  std::optional<Fence> fence_;
  Time leads_since_;
  Time watches_since_;
  std::atomic<Time> settled_at_;  // when the role was last settled
  std::atomic<Role> role_ = Role::unknown;
};

}  // namespace crier
