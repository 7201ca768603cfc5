// SPDX-License-Identifier: MIT
#include "refresh/quarantine.hpp"

#include <iterator>
#include <utility>

namespace crier {

void Quarantine::put(FailureRecord failure) {
  const std::lock_guard lock(mutex_);
  failures_.push_back(std::move(failure));
  bound(failures_);
}

void Quarantine::bound(std::vector<FailureRecord>& failures) {
  std::size_t bytes = 0;
  auto kept = failures.end();
  while (kept != failures.begin() && failures.end() - kept < std::ptrdiff_t{FailureLog::kMax}) {
    bytes += std::prev(kept)->json_instruction.size();
    if (bytes > kMaxBytes && kept != failures.end()) {  // the newest stays in any case
      break;
    }
    --kept;
  }
  failures.erase(failures.begin(), kept);
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
    bound(taken);
    failures_ = std::move(taken);
    throw;
  }
}

}  // namespace crier
