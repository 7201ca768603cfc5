// SPDX-License-Identifier: MIT
#include "audit_compare.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace crier::cli {

AuditComparison compare(const std::vector<AuditRecord>& held, const Versions* expected) {
  std::map<AuditedKey, std::vector<AuditRecord>> keys;
  for (const AuditRecord& record : held) {
    keys[{record.cache, record.key}].push_back(record);
  }
  AuditComparison comparison;
  comparison.sampled = keys.size();
  for (auto& [key, records] : keys) {
    std::ranges::stable_sort(records, {}, &AuditRecord::node);
    std::string right = records.front().version;
    if (expected != nullptr) {
      const auto found = expected->find(key.key);
      right = found == expected->end() ? std::string() : found->second;
    } else if (records.size() < 2) {
      continue;
    }
    ++comparison.compared;
    if (std::ranges::any_of(records,
                            [&](const AuditRecord& record) { return record.version != right; })) {
      comparison.different.push_back(
          {key, expected == nullptr ? std::nullopt : std::optional(right), std::move(records)});
    }
  }
  return comparison;
}

std::string percent_text(std::size_t agreed, std::size_t all) {
  if (agreed == all) {
    return "100";
  }
  std::string decimals;
  // As many as one of `all` takes.
  std::uint64_t left = std::uint64_t{agreed} * 100 % all;
  for (std::size_t part = all; decimals.size() < 2 || part > 100; part /= 10) {
    left *= 10;
    decimals += static_cast<char>('0' + left / all);
    left %= all;
  }
  return std::to_string(std::uint64_t{agreed} * 100 / all) + "." + decimals;
}

}  // namespace crier::cli
