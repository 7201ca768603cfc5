// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/audit.hpp>

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

namespace crier {

// What this node answers to audits, until it is written. Bounded: if nobody writes, who asks gets
// no answer. Thread-safe.
class AuditAnswers {
 public:
  void put(EntryId request, std::vector<AuditAnswer> caches);
  [[nodiscard]] bool is_full() const;
  // Writes all there are, and drops what can't be written: nobody waits for long. Throws
  // crier::Error.
  void write(AuditTable& table, const NodeReport& node);

 private:
  static constexpr std::size_t kMost = 8;

  struct Answer {
    EntryId request;
    std::vector<AuditAnswer> caches;
  };
  mutable std::mutex mutex_;
  std::deque<Answer> answers_;  // guarded by mutex_
};

}  // namespace crier
