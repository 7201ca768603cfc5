// SPDX-License-Identifier: MIT
#include "keeper/duties.hpp"

#include <algorithm>
#include <bitset>
#include <cstddef>

namespace crier {

namespace {

constexpr std::string_view kConnection = "the keeper's connection";

// What a duty may wait for a lock if one before it has waited in vain: a tick of many duties must
// not outlast the lease.
constexpr std::chrono::milliseconds kImpatience{500};

}  // namespace

bool Duties::perform(std::span<const Duty> duties) noexcept {
  std::bitset<32> failed;
  bool reached = true;
  waited_ = false;
  const auto has_failed = [&](std::string_view name) {
    for (std::size_t i = 0; i < duties.size(); ++i) {
      if (failed[i] && duties[i].name == name) {
        return true;
      }
    }
    return false;
  };
  for (std::size_t i = 0; i < duties.size(); ++i) {
    const Duty& duty = duties[i];
    if (reached && connection_ == nullptr) {
      reached = attempt(kConnection, [this] { connection(); });
    }
    failed[i] = !reached || has_failed(duty.after) || !perform_one(duty);
    if (failed[i] && duty.failed) {
      try {
        duty.failed();
      } catch (...) {  // NOLINT(bugprone-empty-catch): as in attempt()
      }
    }
  }
  return failed.none();
}

bool Duties::perform_one(const Duty& duty) noexcept {
  const bool well = attempt(duty.name, [&] {
    limit_wait();
    duty.perform(*connection_);
  });
  if (!well) {
    connection_.reset();  // nobody knows what state it is in
  }
  return well;
}

Connection& Duties::connection() {
  if (connection_ == nullptr) {
    connection_ = store_.connect(Access::read_write);
    deadline_ = connection_->deadline();
  }
  return *connection_;
}

void Duties::limit_wait() {
  const std::chrono::milliseconds most = waited_ ? std::min(patience_, kImpatience) : patience_;
  if (const auto deadline = std::min(deadline_, most); connection_->deadline() != deadline) {
    connection_->set_deadline(deadline);
  }
}

}  // namespace crier
