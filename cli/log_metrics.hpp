// SPDX-License-Identifier: MIT
#pragma once

#include <crier/metrics_format.hpp>

#include "facts.hpp"
#include "finding.hpp"

#include <string>

namespace crier::cli {

struct MetricsStyle {
  std::string log;  // each figure has it as a label; empty: none has
  MetricsFormat format = MetricsFormat::prometheus;
};

// A log and its nodes as figures for Prometheus. A node that has stopped has none; of several under
// one name it is that which beat last, and that there are several is a problem among the others.
// What was not looked at, since the tables are of an earlier crier, has no figure.
[[nodiscard]] std::string log_metrics(const Facts& facts, const Findings& findings,
                                      const MetricsStyle& style);
// The same if nobody could look.
[[nodiscard]] std::string unknown_log_metrics(const MetricsStyle& style);

}  // namespace crier::cli
