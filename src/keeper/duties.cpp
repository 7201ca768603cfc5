// SPDX-License-Identifier: MIT
#include "keeper/duties.hpp"

#include <algorithm>

namespace crier {

namespace {

constexpr std::string_view kConnection = "the keeper's connection";

// What a duty may wait for a lock if one before it has waited in vain: a tick of many duties must
// not outlast the lease.
constexpr std::chrono::milliseconds kImpatience{500};

}  // namespace

bool Duties::perform(std::span<const Duty> duties) noexcept {
  bool all_well = true;
  bool reached = true;
  waited_ = false;
  for (const Duty& duty : duties) {
    if (reached && connection_ == nullptr) {
      reached = attempt(kConnection, [this] { connection(); });
    }
    const bool well = reached && perform_one(duty);
    all_well = all_well && well;
    if (!well && duty.failed) {
      try {
        duty.failed();
      } catch (...) {  // NOLINT(bugprone-empty-catch): as in attempt()
      }
    }
  }
  return all_well;
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
