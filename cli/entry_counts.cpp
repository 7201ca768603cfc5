// SPDX-License-Identifier: MIT
#include "entry_counts.hpp"

#include <crier/codec.hpp>

#include "printable.hpp"
#include "times.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

// What is no refresher's is told apart from those by its parentheses.
std::string counted_as(const Guid& refresher, const Names& names) {
  return refresher == kCanary          ? "(canary)"
         : refresher == kResyncRequest ? "(resync)"
                                       : names.of(refresher);
}

}  // namespace

void EntryCounts::add(const Entry& entry) {
  const auto count = [&](const std::string& key, std::int64_t instructions) {
    Count& sum = counts_[key];
    ++sum.entries;
    sum.instructions += instructions;
  };
  switch (by_) {
    case By::origin: {
      const std::string node = names_.node_of(entry.originated);
      count(node.empty() ? printable(without_incarnation(entry.originated), 500) : node,
            entry.instruction_count);
      return;
    }
    case By::minute: {
      const std::string time = shown_time(entry.utc_stamp, utc_);
      count(time.substr(0, time.rfind(':')), entry.instruction_count);
      return;
    }
    case By::refresher: {
      std::map<std::string, std::int64_t> refreshers;
      const Decoded decoded = decode(entry.json_instruction);
      for (const Instruction& instruction : decoded.instructions) {
        refreshers[counted_as(instruction.refresher, names_)] += instruction.count();
      }
      for (const auto& [refresher, instructions] : refreshers) {
        count(refresher, instructions);
      }
      if (refreshers.empty()) {
        count(decoded.problems.empty() ? "(none)" : "(unreadable)", 0);
      }
      return;
    }
  }
}

std::vector<std::pair<std::string, EntryCounts::Count>> EntryCounts::all() const {
  std::vector<std::pair<std::string, Count>> counts(counts_.begin(), counts_.end());
  if (by_ != By::minute) {
    std::ranges::stable_sort(counts, [](const auto& a, const auto& b) {
      return a.second.instructions > b.second.instructions;
    });
  }
  return counts;
}

}  // namespace crier::cli
