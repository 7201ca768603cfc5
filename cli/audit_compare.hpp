// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/audit.hpp>

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

struct AuditedKey {
  std::string cache;
  std::string key;
  friend auto operator<=>(const AuditedKey&, const AuditedKey&) = default;
};

// A key of which nodes hold different versions, or other ones than they should.
struct Disagreement {
  AuditedKey key;
  std::optional<std::string> expected;  // what a query gives, if there is one; empty: "nothing"
  std::vector<AuditRecord> held;
};

struct AuditComparison {
  std::size_t sampled = 0;   // keys that a node holds
  std::size_t compared = 0;  // of these, those that can be compared
  std::vector<Disagreement> different;
};

// By key, as a query gives them. A key that it does not give has "nothing".
using Versions = std::map<std::string, std::string>;

// Compares what nodes hold with each other, or with `expected` if that is not null.
[[nodiscard]] AuditComparison compare(const std::vector<AuditRecord>& held,
                                      const Versions* expected);

// How much of `all` agrees, in percent: "100", or as many nines as there are, but never rounded up.
// REQUIRES: `all` is above 0.
[[nodiscard]] std::string percent_text(std::size_t agreed, std::size_t all);

}  // namespace crier::cli
