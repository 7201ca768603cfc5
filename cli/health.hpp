// SPDX-License-Identifier: MIT
#pragma once

#include "facts.hpp"
#include "finding.hpp"
#include "json.hpp"
#include "print.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace crier::cli {

// "entries 1 to 12, nothing pruned"
[[nodiscard]] std::string log_text(const Facts& facts);
// "2 live, 0 stale, 1 stopped"
[[nodiscard]] std::string nodes_text(const Facts& facts);
// "web-1 (vm-3, pid 17), for another 12 s", or "none"
[[nodiscard]] std::string leader_text(const Facts& facts);
// "entry 12, 3.4 s ago, seen by all 3 nodes", or "none"
[[nodiscard]] std::string canary_text(const Facts& facts);

// "2 problems, 1 warning", or "healthy"
[[nodiscard]] std::string findings_text(const Findings& findings, const Paint& paint);

struct FindingDetail {
  std::size_t columns = std::string::npos;  // of a line, which is broken between words
  bool next = true;                         // what to do, on a line of its own
};

// What is wrong, problems first.
[[nodiscard]] std::vector<std::string> finding_lines(const Findings& findings, const Paint& paint,
                                                     const FindingDetail& detail = {});
// Which store it is, how many nodes are fresh, and what the log and its nodes are like.
[[nodiscard]] std::vector<std::string> log_lines(const Facts& facts, const Findings& findings,
                                                 const Paint& paint);
// How a log and its nodes fare: all of these.
[[nodiscard]] std::vector<std::string> health_lines(const Facts& facts, const Findings& findings,
                                                    const Paint& paint,
                                                    const FindingDetail& detail = {});
[[nodiscard]] Json health_json(const Facts& facts, const Findings& findings);
// The same if nobody could look; `error` says why.
[[nodiscard]] Json unknown_health_json(const std::string& store, const std::string& error);

}  // namespace crier::cli
