// SPDX-License-Identifier: MIT
#include "keeper/audit_answers.hpp"

#include <utility>

namespace crier {

void AuditAnswers::put(EntryId request, std::vector<AuditAnswer> caches) {
  const std::lock_guard lock(mutex_);
  if (answers_.size() < kMost) {
    answers_.push_back({request, std::move(caches)});
  }
}

bool AuditAnswers::is_full() const {
  const std::lock_guard lock(mutex_);
  return answers_.size() >= kMost;
}

void AuditAnswers::write(AuditTable& table, const NodeReport& node) {
  for (;;) {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      if (answers_.empty()) {
        return;
      }
      answer = std::move(answers_.front());
      answers_.pop_front();
    }
    table.answer(answer.request, node, answer.caches);
  }
}

}  // namespace crier
