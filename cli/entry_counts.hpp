// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "names.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

// Counts entries by who wrote them, whom they are for, or when.
class EntryCounts {
 public:
  enum class By : std::uint8_t { origin, refresher, minute };
  struct Count {
    std::int64_t entries = 0;
    std::int64_t instructions = 0;
  };

  // `names` outlives it. Minutes are in local time unless `utc`.
  EntryCounts(By by, const Names& names, bool utc) : by_(by), names_(names), utc_(utc) {}

  void add(const Entry& entry);
  // Minutes in their order; else the largest number of instructions first.
  [[nodiscard]] std::vector<std::pair<std::string, Count>> all() const;

 private:
  By by_;
  const Names& names_;
  bool utc_;
  std::map<std::string, Count> counts_;
};

}  // namespace crier::cli
