// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/hybrid_entry.hpp>
#include <crier/keep_for.hpp>
#include <crier/metrics_format.hpp>
#include <crier/node.hpp>

#include <concepts>
#include <span>
#include <string>
#include <vector>

namespace crier {

/// What metrics() tells of a cache.
struct CacheMetrics {
  std::string name;              ///< the label `cache`
  HybridStatistics statistics;   ///< of a cache without a shared half only what all caches count
  bool has_shared_half = false;  ///< else what it counts of that is left out
};

/// A CachedRegion, a HybridCache, an ObjectCache.
template <class Cache>
concept MeasuredCache = requires(const Cache& cache) {
  std::string(cache.name());
  static_cast<CacheStatistics>(cache.statistics());
};

/// What metrics() tells of this cache, as of now.
template <MeasuredCache Cache>
[[nodiscard]] CacheMetrics metrics_of(const Cache& cache) {
  CacheMetrics metrics{std::string(cache.name()), {}, false};
  const auto statistics = cache.statistics();
  static_cast<CacheStatistics&>(metrics.statistics) = statistics;
  if constexpr (std::same_as<decltype(statistics), const HybridStatistics>) {
    metrics.statistics = statistics;
    metrics.has_shared_half = cache.has_shared_half();
  }
  return metrics;
}

/// What this node knows of itself, as Prometheus reads it: names begin with "crier_node_" and
/// "crier_cache_", and each sample bears the node's name. Asks nothing of the database; what only
/// that can tell, such as how many entries a node is behind, `crier metrics` has. Thread-safe.
/// Throws an invalid_argument Error if two of the caches bear one name.
[[nodiscard]] CRIER_EXPORT std::string metrics(const Node& node,
                                               std::span<const CacheMetrics> caches,
                                               MetricsFormat format = MetricsFormat::prometheus);

/// The same of these caches.
template <MeasuredCache... Caches>
[[nodiscard]] std::string metrics(const Node& node, MetricsFormat format, const Caches&... caches) {
  const std::vector<CacheMetrics> all{metrics_of(caches)...};
  return metrics(node, std::span<const CacheMetrics>(all), format);
}

/// The same in Prometheus' format:
///
///   const std::string page = crier::metrics(node, products, pages);
template <MeasuredCache... Caches>
[[nodiscard]] std::string metrics(const Node& node, const Caches&... caches) {
  return metrics(node, MetricsFormat::prometheus, caches...);
}

}  // namespace crier
