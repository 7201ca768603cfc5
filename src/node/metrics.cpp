// SPDX-License-Identifier: MIT
#include <crier/admin/exposition.hpp>
#include <crier/error.hpp>
#include <crier/metrics.hpp>
#include <crier/version.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

namespace crier {
namespace {

using Type = Exposition::Type;

// The refreshers' calls are counted by a clock that ticks so often at the least.
constexpr std::chrono::milliseconds kTick{10};

struct CountOf {
  std::string_view name;
  std::uint64_t Counters::*count;
  std::string_view help;
};
constexpr CountOf kCounts[] = {
    {"published", &Counters::published, "Entries that it appended."},
    {"entries_read", &Counters::entries, "Entries that it read from the log."},
    {"own_skipped", &Counters::own_skipped, "Entries that it passed, for it wrote them."},
    {"applied", &Counters::applied, "Instructions that it has applied."},
    {"failed", &Counters::failed, "Instructions and rows that it has given up."},
    {"retries", &Counters::retries, "Calls of refreshers that failed and were tried again."},
    {"stuck", &Counters::stuck, "Calls of refreshers that outlived their deadline."},
    {"pollers_replaced", &Counters::replaced, "Pollers that did not come forward."},
    {"polls", &Counters::polls, "Looks that reached the end of the log."},
    {"polls_failed", &Counters::polls_failed, "Looks that failed."},
    {"beats", &Counters::beats, "Beats that stand in the database."},
    {"duties_failed", &Counters::beats_failed, "Duties of its keeper that failed."},
    {"pruned", &Counters::pruned, "Entries that it has deleted as the leader."},
};

struct CacheCountOf {
  std::string_view name;
  std::uint64_t HybridStatistics::*count;
  std::string_view help;
  bool is_of_shared_half = false;
};
constexpr CacheCountOf kCacheCounts[] = {
    {"hits", &HybridStatistics::hits, "Values that it held."},
    {"misses", &HybridStatistics::misses, "Values that it did not hold."},
    {"loads", &HybridStatistics::loads, "Factories that were run."},
    {"loads_ahead", &HybridStatistics::loads_ahead, "Of them, those ahead of an expiry."},
    {"failed_loads", &HybridStatistics::failed_loads, "Of them, those that threw."},
    {"outdated_loads", &HybridStatistics::outdated_loads,
     "Values that were invalidated while they were made, and not kept."},
    {"waits_given_up", &HybridStatistics::waits_given_up, "Waits for a load that took too long."},
    {"stale_after_errors", &HybridStatistics::stale_after_errors,
     "Calls that got what has expired, since the load threw."},
    {"stale_after_timeouts", &HybridStatistics::stale_after_timeouts,
     "Calls that got what has expired, since the load took too long."},
    {"evictions", &HybridStatistics::evictions, "Entries that went to stay within the limits."},
    {"expirations", &HybridStatistics::expirations, "Entries that were seen to have expired."},
    {"invalidations", &HybridStatistics::invalidations, "Entries that were invalidated."},
    {"shared_hits", &HybridStatistics::shared_hits, "Values taken from the shared half.", true},
    {"shared_misses", &HybridStatistics::shared_misses,
     "Values that the shared half had not, or of no use.", true},
    {"failed_reads", &HybridStatistics::failed_reads, "Reads of the shared half that failed.",
     true},
    {"failed_fills", &HybridStatistics::failed_fills, "Writes to the shared half that failed.",
     true},
    {"refused_fills", &HybridStatistics::refused_fills,
     "Values that were outdated before they were stored in the shared half.", true},
    {"swept", &HybridStatistics::swept, "Void values taken off the shared half.", true},
    {"waits_for_nodes", &HybridStatistics::waits_for_nodes,
     "Waits for a factory that another node ran.", true},
};

struct CacheSizeOf {
  std::string_view name;
  std::size_t CacheStatistics::*size;
  std::string_view help;
};
constexpr CacheSizeOf kCacheSizes[] = {
    {"entries", &CacheStatistics::entries, "Entries that it holds."},
    {"weight", &CacheStatistics::weight, "Their weight."},
    {"loads_running", &CacheStatistics::loads_running, "Factories that have not returned yet."},
};

void check_names(std::span<const CacheMetrics> caches) {
  std::set<std::string_view> names;
  for (const CacheMetrics& cache : caches) {
    if (!names.insert(cache.name).second) {
      throw Error("make metrics",
                  "two of the caches bear the name '" + cache.name + "': give each its own",
                  Error::Kind::invalid_argument);
    }
  }
}

void add_node(Exposition& out, const Node& node) {
  const std::string_view name = node.name();
  out.family("crier_node_info", Type::gauge, "What the node is; always 1.");
  out.sample({{"node", name}, {"version", version()}, {"role", to_string(node.role())}}, 1);
  out.family("crier_node_health", Type::gauge, "1 for the state that it is in: Node::health().");
  const HealthState state = node.health().state;
  for (const HealthState one : {HealthState::ok, HealthState::degraded, HealthState::bad}) {
    out.sample({{"node", name}, {"state", to_string(one)}}, one == state ? 1 : 0);
  }
  const Freshness freshness = node.freshness();
  out.family("crier_node_position_entry", Type::gauge, "Id of the last entry that it has handled.");
  out.sample({{"node", name}}, freshness.applied_through.value);
  if (freshness.proved_at != std::chrono::steady_clock::time_point()) {
    out.family("crier_node_proof_age_seconds", Type::gauge,
               "Time since it proved that it had applied all of the log.");
    out.sample({{"node", name}}, freshness.age);
  }
  out.family("crier_node_paused", Type::gauge, "Whether an operator has it read no further.");
  out.sample({{"node", name}}, freshness.paused.empty() ? 0 : 1);
  if (!freshness.troubles.empty()) {
    out.family("crier_node_refresher_trouble", Type::gauge, "A refresher that is not well.");
  }
  for (const RefresherTrouble& trouble : freshness.troubles) {
    out.sample({{"node", name},
                {"refresher", trouble.refresher.to_string()},
                {"name", trouble.name},
                {"state", to_string(trouble.state)}},
               1);
  }
}

void add_counts(Exposition& out, std::string_view node, const Counters& counters) {
  for (const CountOf& one : kCounts) {
    out.family("crier_node_" + std::string(one.name) + "_total", Type::counter, one.help);
    out.sample({{"node", node}}, counters.*one.count);
  }
  out.family("crier_node_resyncs_total", Type::counter, "Full refreshes of everything.");
  for (std::size_t i = 0; i < kResyncReasons; ++i) {
    out.sample({{"node", node}, {"reason", to_string(static_cast<ResyncReason>(i))}},
               counters.resyncs_by[i]);
  }
  out.family("crier_node_append_duration_seconds", Type::histogram,
             "How long its appends to the log took.");
  out.histogram({{"node", node}}, counters.appends);
  out.family("crier_node_apply_duration_seconds", Type::histogram,
             "How long its refreshers took for an instruction.");
  out.histogram({{"node", node}}, counters.applies, kTick);
}

void add_caches(Exposition& out, std::string_view node, std::span<const CacheMetrics> caches) {
  const bool any_shared = std::ranges::any_of(caches, &CacheMetrics::has_shared_half);
  for (const CacheCountOf& one : kCacheCounts) {
    if (one.is_of_shared_half && !any_shared) {
      continue;
    }
    out.family("crier_cache_" + std::string(one.name) + "_total", Type::counter, one.help);
    for (const CacheMetrics& cache : caches) {
      if (!one.is_of_shared_half || cache.has_shared_half) {
        out.sample({{"node", node}, {"cache", cache.name}}, cache.statistics.*one.count);
      }
    }
  }
  for (const CacheSizeOf& one : kCacheSizes) {
    out.family("crier_cache_" + std::string(one.name), Type::gauge, one.help);
    for (const CacheMetrics& cache : caches) {
      out.sample({{"node", node}, {"cache", cache.name}}, cache.statistics.*one.size);
    }
  }
}

}  // namespace

std::string metrics(const Node& node, std::span<const CacheMetrics> caches, MetricsFormat format) {
  check_names(caches);
  Exposition out(format);
  add_node(out, node);
  add_counts(out, node.name(), node.counters());
  if (!caches.empty()) {
    add_caches(out, node.name(), caches);
  }
  return out.text();
}

}  // namespace crier
