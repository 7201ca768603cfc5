// SPDX-License-Identifier: MIT
#include "node/check_options.hpp"

#include <crier/error.hpp>

#include "base/duration.hpp"
#include "base/one_line.hpp"
#include "base/utf8.hpp"
#include "cache/shared/check.hpp"
#include "node/settings.hpp"

#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crier {

namespace {

using namespace std::chrono_literals;

void require(bool holds, const std::string& what) {
  if (!holds) {
    throw Error("configure", what, Error::Kind::invalid_argument);
  }
}

constexpr std::chrono::milliseconds kDay = std::chrono::hours(24);
// Sums of them must not overflow.
constexpr std::chrono::milliseconds kCentury = std::chrono::hours(24 * 36'525);

void check_durations(const Options& options) {
  struct Bounds {
    const char* field;
    std::chrono::milliseconds value, least, most;
  };
  for (const auto& [field, value, least, most] :
       {Bounds{"poll_interval", options.poll_interval, 1ms, kDay},
        Bounds{"heartbeat_interval", options.heartbeat_interval, 1ms, 1h},
        Bounds{"lease_duration", options.lease_duration, 1ms, kDay},
        Bounds{"stalled_after", options.stalled_after, 1ms, kCentury},
        Bounds{"refresher_deadline", options.refresher_deadline, 1ms, kCentury},
        Bounds{"stop_deadline", options.stop_deadline, 0ms, kDay},
        Bounds{"canary_interval", options.canary_interval, 0ms, kCentury},
        Bounds{"retry.first_delay", options.retry.first_delay, 1ms, kDay},
        Bounds{"retry.give_up_after", options.retry.give_up_after, 1ms, kDay},
        Bounds{"retry.longest_delay", options.retry.longest_delay, 1ms, kDay},
        Bounds{"backlog.time", options.backlog.time, 0ms, 1h},
        Bounds{"retention", options.retention, 1ms, kCentury},
        Bounds{"retention_hard_cap", options.retention_hard_cap, 1ms, kCentury},
        Bounds{"forget_after", options.forget_after, 1ms, kCentury},
        Bounds{"prune_interval", options.prune_interval, 1ms, kCentury}}) {
    const std::string is = std::string(field) + " is " + duration_text(value) + ": ";
    require(value >= least, is + duration_text(least) + " at the least");
    require(value <= most, is + duration_text(most) + " at the most");
  }
  // One beat may come late without the lease being lost.
  require(options.lease_duration >= 2 * options.heartbeat_interval,
          "lease_duration is " + duration_text(options.lease_duration) +
              ": at least twice heartbeat_interval, which is " +
              duration_text(options.heartbeat_interval));
  require(options.retention_hard_cap >= options.retention,
          "retention_hard_cap is " + duration_text(options.retention_hard_cap) +
              ": at least as long as retention, which is " + duration_text(options.retention));
}

// Names stand in rows, logs and terminals.
void check_name(const std::string& field, const std::string& name) {
  constexpr std::size_t kMaxName = 255;
  require(name.size() <= kMaxName,
          field + " is " + std::to_string(name.size()) + " bytes long: 255 at most");
  require(!holds_control(name), field + " holds a control character");
  require(is_utf8(name), field + " is not UTF-8");
}

void check_audited(const std::vector<AuditedCache>& caches) {
  std::set<std::string> names;
  for (const AuditedCache& cache : caches) {
    check_name("the name of a cache in audit", cache.name);
    require(!cache.name.empty(), "a cache in audit has no name");
    require(cache.sample != nullptr, "cache " + cache.name + " in audit has no function");
    require(names.insert(cache.name).second,
            "two caches in audit are named " + cache.name + ": give each a name of its own");
  }
}

}  // namespace

void check_options(const Options& options) {
  check_name("node_name", options.node_name);
  check_name("application", options.application);
  check_audited(options.audit);
  check_durations(options);
  constexpr int kMaxRetries = 100;
  require(options.retry.retries >= 0 && options.retry.retries <= kMaxRetries,
          "retry.retries is " + std::to_string(options.retry.retries) + ": 0 to 100");
  require(!options.read_only || !options.migrate_on_start,
          "read_only and migrate_on_start exclude each other: migrate with: crier migrate");
  require(!options.read_only || options.keep_position != KeepPosition::in_database,
          "a node that is read_only can't keep its position in the database: keep it in a file");
  for (const auto& [field, value] :
       {std::pair("max_processing_instructions", options.max_processing_instructions),
        std::pair("max_instructions_per_entry", options.max_instructions_per_entry),
        std::pair("max_entry_bytes", options.max_entry_bytes),
        std::pair("max_instruction_bytes", options.max_instruction_bytes)}) {
    require(value >= 1, std::string(field) + " is 0: 1 at the least");
  }
  check_options(options.shared_cache);
  require(options.keep_position != KeepPosition::in_file || !options.position_file.empty(),
          "position_file is empty: name the file in which the position is kept");
  require(!options.password || !options.store.empty(),
          "password is given, and no store that takes one");
  if (!options.store.empty()) {
    static_cast<void>(store_of(options));  // opens nothing; throws for a wrong URL
  }
}

void check_stale_policies(const Registry& refreshers, const Options& options) {
  for (const RegisteredRefresher& one : refreshers.all()) {
    const std::chrono::milliseconds after = one.when_stale.after;
    // Sooner than that an idle node has not looked again.
    require(after.count() == 0 || after >= 2 * options.poll_interval,
            "WhenStale::after of refresher " + one.id.to_string() + " is " + duration_text(after) +
                ": at least twice poll_interval, which is " + duration_text(options.poll_interval));
  }
}

}  // namespace crier
