// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/audit.hpp>

#include <algorithm>
#include <chrono>
#include <span>
#include <tuple>
#include <vector>

namespace crier::testing {

/// What nodes have answered, as plain rows. Not thread-safe.
class MemoryAudit {
 public:
  void answer(EntryId request, const NodeReport& node, std::span<const AuditAnswer> answers,
              std::chrono::milliseconds now) {
    const auto add = [&](const std::string& cache, const std::string& key,
                         const std::string& version) {
      rows_.push_back({request, now, {node.name, node.incarnation, cache, key, version}});
    };
    for (const AuditAnswer& answer : answers) {
      add(answer.cache, "", std::to_string(answer.seen));
      for (const AuditSample::Row& row : answer.rows) {
        add(answer.cache, row.key, row.version);
      }
    }
    add("", "", "");
  }
  [[nodiscard]] std::vector<AuditRecord> answers(EntryId request) const {
    std::vector<AuditRecord> chosen;
    for (const Row& row : rows_) {
      if (row.request == request) {
        chosen.push_back(row.record);
      }
    }
    std::ranges::sort(chosen, {}, [](const AuditRecord& record) {
      return std::tuple(record.incarnation.to_string(), record.cache, record.key);
    });
    return chosen;
  }
  void forget(EntryId request) {
    std::erase_if(rows_, [&](const Row& row) { return row.request == request; });
  }
  void forget_old(std::chrono::milliseconds now) {
    std::erase_if(rows_, [&](const Row& row) { return now - row.at > std::chrono::hours(1); });
  }

 private:
  struct Row {
    EntryId request;
    std::chrono::milliseconds at;
    AuditRecord record;
  };
  std::vector<Row> rows_;
};

}  // namespace crier::testing
