// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>

#include "json.hpp"
#include "print.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

// What a log and its nodes look like at one moment.
struct Facts {
  std::optional<LogBounds> bounds;  // nothing: the log is empty
  EntryId pruned_through;
  std::vector<NodeRecord> nodes;
  std::optional<Lease> lease;
  std::optional<Canary> canary;
  std::size_t failures = 0;  // in the quarantine
};

// Sentences. Only problems make a log unhealthy.
struct Findings {
  std::vector<std::string> problems;
  std::vector<std::string> warnings;
};

// Reads what there is to know. Throws crier::Error.
[[nodiscard]] Facts examine(Connection& connection);
// A live node that lags more than `max_lag` entries is a problem.
[[nodiscard]] Findings judge(const Facts& facts, std::int64_t max_lag);

// Nothing in place of the facts: they could not be read.
[[nodiscard]] std::vector<std::string> health_lines(const std::optional<Facts>& facts,
                                                    const Findings& findings, const Paint& paint);
[[nodiscard]] Json health_json(const std::optional<Facts>& facts, const Findings& findings);

}  // namespace crier::cli
