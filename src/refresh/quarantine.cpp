// SPDX-License-Identifier: MIT
#include "refresh/quarantine.hpp"

#include <iterator>
#include <utility>

namespace crier {

void Quarantine::put(FailureRecord failure) {
  const std::lock_guard lock(mutex_);
  if (failures_.size() == FailureLog::kMax) {
    failures_.erase(failures_.begin());
  }
  failures_.push_back(std::move(failure));
}

void Quarantine::flush(const std::function<void(const std::vector<FailureRecord>&)>& record) {
  std::vector<FailureRecord> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(failures_);
  }
  if (taken.empty()) {
    return;
  }
  try {
    record(taken);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    taken.insert(taken.end(), std::make_move_iterator(failures_.begin()),
                 std::make_move_iterator(failures_.end()));
    if (taken.size() > FailureLog::kMax) {
      taken.erase(taken.begin(), taken.end() - FailureLog::kMax);
    }
    failures_ = std::move(taken);
    throw;
  }
}

}  // namespace crier
