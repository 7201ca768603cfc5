// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace crier {

/// How figures are written. Prometheus' server reads both.
enum class MetricsFormat : std::uint8_t {
  /// Prometheus' text format, which node_exporter's textfile collector reads as well. The content
  /// type of an answer to a scrape is "text/plain; version=0.0.4".
  prometheus,
  /// OpenMetrics 1.0: "application/openmetrics-text; version=1.0.0; charset=utf-8".
  open_metrics,
};

}  // namespace crier
