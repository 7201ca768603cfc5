// SPDX-License-Identifier: MIT
#include "keeper/leadership.hpp"

#include "base/reporter.hpp"

namespace crier {

Leadership::Leadership(Reporter& reporter, const Guid& incarnation, Role fixed,
                       std::chrono::milliseconds lease_duration)
    : reporter_(reporter),
      incarnation_(incarnation),
      fixed_(fixed),
      lease_duration_(lease_duration) {}

void Leadership::hold(RoleLeases& leases, bool alone, Time now) {
  if (fixed_ != Role::subscriber) {
    const Lease lease = leases.hold(incarnation_, lease_duration_);
    if (lease.holder != incarnation_) {
      fence_.reset();
    } else if (!fence_ || fence_->number != lease.fencing) {
      fence_ = Fence{incarnation_, lease.fencing};
      leads_since_ = watches_since_ = now;
    }
  }
  settled_at_ = now;
  if (fixed_ != Role::unknown) {
    become(fixed_);
  } else if (!fence_) {
    become(Role::subscriber);
  } else {
    become(alone ? Role::single : Role::scheduling_publisher);
  }
}

void Leadership::lapse(Time now) { become(role(now)); }

Role Leadership::role(Time now) const noexcept {
  return has_lapsed(now) && fixed_ == Role::unknown ? Role::unknown : role_.load();
}

void Leadership::leave(RoleLeases& leases) {
  if (fence_) {
    leases.release(incarnation_);
  }
}

void Leadership::become(Role role) {
  const Role before = role_.exchange(role);
  if (before != role) {
    reporter_.role_changed(before, role);
  }
}

}  // namespace crier
