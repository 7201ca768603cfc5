// SPDX-License-Identifier: MIT
#include "refresh/quarantine.hpp"

#include <iterator>
#include <utility>

namespace crier {

namespace {

std::size_t bytes_of(const FailureRecord& failure) {
  return failure.json_instruction.size() + failure.error.size();
}

}  // namespace

void Quarantine::put(FailureRecord failure) {
  const std::lock_guard lock(mutex_);
  bytes_ += bytes_of(failure);
  failures_.push_back(std::move(failure));
  drop_excess();
}

void Quarantine::drop_excess() {
  while (failures_.size() > FailureLog::kMax || (bytes_ > kMaxBytes && failures_.size() > 1)) {
    bytes_ -= bytes_of(failures_.front());
    failures_.pop_front();
  }
}

void Quarantine::flush(const std::function<void(const std::vector<FailureRecord>&)>& record) {
  std::vector<FailureRecord> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.assign(std::move_iterator(failures_.begin()), std::move_iterator(failures_.end()));
    failures_.clear();
    bytes_ = 0;
  }
  if (taken.empty()) {
    return;
  }
  try {
    record(taken);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    for (const FailureRecord& failure : taken) {
      bytes_ += bytes_of(failure);
    }
    failures_.insert(failures_.begin(), std::move_iterator(taken.begin()),
                     std::move_iterator(taken.end()));
    drop_excess();
    throw;
  }
}

}  // namespace crier
