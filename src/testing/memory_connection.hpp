// SPDX-License-Identifier: MIT
#pragma once

#include "testing/memory_cache_table.hpp"
#include "testing/memory_tables.hpp"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::testing {

/// A connection to a MemoryStore.
class MemoryConnection final : public Connection,
                               public InstructionLog,
                               public Schema,
                               public NodeDirectory,
                               public RoleLeases {
 public:
  explicit MemoryConnection(MemoryCalls calls)
      : calls_(std::move(calls)),
        store_(calls_.store),
        log_(store_.log_),
        cluster_(store_.cluster_),
        failures_(calls_),
        history_(calls_),
        audit_(calls_),
        cache_(calls_),
        hybrid_(calls_) {}

  InstructionLog& log() override { return *this; }
  Schema& schema() override { return *this; }
  NodeDirectory& nodes() override { return *this; }
  RoleLeases& leases() override { return *this; }
  FailureLog& failures() override { return failures_; }
  History& history() override { return history_; }
  AuditTable& audit() override { return audit_; }
  SharedCacheTable& cache() override { return cache_; }
  HybridTable& hybrid() override { return hybrid_; }
  [[nodiscard]] std::chrono::milliseconds deadline() const override { return deadline_; }
  void set_deadline(std::chrono::milliseconds deadline) override { deadline_ = deadline; }

  EntryId append(std::span<const NewEntry> entries) override {
    const EntryId id = calls_.call("append", [&] {
      EntryId last;
      for (const NewEntry& entry : entries) {
        last = log_.append(entry, store_.now);
      }
      return last;
    });
    if (hand_over(id, entries.size())) {
      store_.ring.ring_with_entries();
    } else {
      store_.ring.ring_others();
    }
    return id;
  }
  bool hand_over(EntryId last, std::size_t count) noexcept override {
    if (!store_.ring.hands_over()) {
      return false;
    }
    const std::lock_guard lock(store_.mutex_);
    const std::int64_t after = last.value - static_cast<std::int64_t>(count);
    const Page page = log_.read_after({after}, {.entries = count});
    return page.anchor && page.entries.size() == count && page.entries.back().id == last &&
           store_.ring.hand_over({{after}, *page.anchor}, page.entries);
  }
  bool assign_pending_ids() override {
    return calls_.call("assign_pending_ids",
                       [&] { return std::exchange(store_.ids_are_due, false); });
  }
  std::vector<EntryId> find_written(EntryId after, std::string_view originated,
                                    std::size_t most) override {
    return calls_.call("find_written", [&] {
      std::vector<EntryId> found;
      const std::vector<Entry> rows = log_.rows();
      for (auto row = rows.rbegin(); row != rows.rend() && row->id > after; ++row) {
        if (row->originated == originated && found.size() < most) {
          found.push_back(row->id);
        }
      }
      return found;
    });
  }
  std::vector<std::string> stamps(EntryId last, std::size_t count) override {
    return calls_.call("stamps", [&] {
      std::vector<std::string> stamps;
      for (std::int64_t id = last.value - static_cast<std::int64_t>(count) + 1; id <= last.value;
           ++id) {
        if (const std::optional<Entry> row = log_.find({id})) {
          stamps.push_back(row->utc_stamp);
        }
      }
      return stamps;
    });
  }
  void read_after(EntryId after, const ReadLimits& limits, Page& page) override {
    page = calls_.call("read_after", [&] { return log_.read_after(after, limits); });
    page.ids_are_due = store_.ids_are_due;
    page.lineage = store_.tells_lineage ? page.lineage : 0;
    page.end_version = store_.end_version;
    page.may_lag = store_.may_lag;
  }
  Heads heads(EntryId id) override {
    return calls_.call("heads", [&] { return log_.heads(id); });
  }
  std::vector<Entry> read_before(EntryId before, std::size_t count) override {
    return calls_.call("read_before", [&] { return log_.read_before(before, count); });
  }
  std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except) override {
    return calls_.call("backlog", [&] { return log_.backlog(after, limit, except); });
  }
  std::optional<Entry> find(EntryId id) override {
    return calls_.call("find", [&] { return log_.find(id); });
  }
  Cursor newest() override {
    return calls_.call("newest", [&] { return log_.newest(); });
  }
  std::optional<LogBounds> bounds() override {
    return calls_.call("bounds", [&] { return log_.bounds(); });
  }
  Pruned prune(const PruneOrder& order) override {
    return calls_.call("prune", [&] { return log_.prune(order, cluster_, store_.now); });
  }
  EntryId pruned_through() override {
    return calls_.call("pruned_through", [&] { return log_.pruned_through(); });
  }

  SchemaStatus status() override { return {SchemaState::current, 1, 1, {}}; }
  std::vector<Migration> pending() override { return {}; }
  std::vector<Migration> migrate() override { return {}; }

  BeatResult beat(const NodeReport& report) override {
    return calls_.call("beat",
                       [&] { return cluster_.beat(report, store_.process_is_gone, store_.now); });
  }
  void goodbye(const Guid& incarnation) override {
    calls_.call("goodbye", [&] { cluster_.goodbye(incarnation, store_.now); });
  }
  std::vector<NodeRecord> list() override {
    return calls_.call("list", [&] {
      std::vector<NodeRecord> nodes = cluster_.list(log_.newest_id(), store_.now);
      for (NodeRecord& node : nodes) {
        node.quarantined = store_.failures_.count_of(node.incarnation);
      }
      return nodes;
    });
  }
  std::size_t forget(std::string_view name) override {
    return calls_.call("forget", [&] { return cluster_.forget(name, store_.now); });
  }
  std::size_t forget_older(std::chrono::milliseconds age, std::chrono::milliseconds position_age,
                           const Fence& fence) override {
    return calls_.call("forget_older",
                       [&] { return cluster_.forget_older(age, position_age, fence, store_.now); });
  }
  PositionClaim claim_position(const NodeReport& report) override {
    return calls_.call("claim_position", [&] {
      return cluster_.claim_position(report, store_.process_is_gone, store_.now);
    });
  }
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) override {
    return calls_.call("save_position",
                       [&] { return cluster_.save_position(report, cursor, reset, store_.now); });
  }
  std::optional<PauseOrder> publish_position(const NodeReport& report) override {
    return calls_.call("publish_position",
                       [&] { return cluster_.publish_position(report, store_.now); });
  }
  std::size_t pause(std::string_view name, std::chrono::milliseconds duration,
                    std::string_view by) override {
    return calls_.call("pause", [&] { return cluster_.pause(name, duration, by, store_.now); });
  }
  std::size_t resume(std::string_view name, std::string_view by) override {
    return calls_.call("resume", [&] { return cluster_.resume(name, by, store_.now); });
  }
  std::int64_t request_position(EntryId entry, std::chrono::milliseconds timeout) override {
    const std::int64_t serial = calls_.call(
        "request_position", [&] { return cluster_.request_position(entry, timeout, store_.now); });
    remind();
    return serial;
  }
  void remind() noexcept override { store_.ring.ring(); }
  void withdraw_request(std::int64_t serial) override {
    calls_.call("withdraw_request", [&] { cluster_.withdraw_request(serial); });
  }
  std::vector<PositionRequest> position_requests() override {
    return calls_.call("position_requests", [&] { return cluster_.position_requests(store_.now); });
  }
  std::optional<EntryId> send_canary(const NewEntry& entry, std::chrono::milliseconds interval,
                                     const Fence& fence) override {
    const std::optional<EntryId> id = calls_.call("send_canary", [&]() -> std::optional<EntryId> {
      if (!cluster_.may_send_canary(interval, fence, store_.now)) {
        return std::nullopt;
      }
      const EntryId sent = log_.append(entry, store_.now);
      cluster_.canary_sent(sent, store_.now);
      return sent;
    });
    if (id) {
      store_.ring.ring();
    }
    return id;
  }
  std::optional<Canary> canary() override {
    return calls_.call("canary", [&] { return cluster_.canary(store_.now); });
  }

  Lease hold(const Guid& holder, std::chrono::milliseconds duration) override {
    return calls_.call("hold", [&] { return cluster_.hold(holder, duration, store_.now); });
  }
  void release(const Guid& holder) override {
    calls_.call("release", [&] { cluster_.release(holder, store_.now); });
  }
  std::optional<Lease> holder() override {
    return calls_.call("holder", [&] { return cluster_.holder(store_.now); });
  }

 private:
  const MemoryCalls calls_;
  MemoryStore& store_;
  MemoryLog& log_;
  MemoryCluster& cluster_;
  MemoryFailureLog failures_;
  MemoryHistoryOf history_;
  MemoryAuditTable audit_;
  MemoryCacheTable cache_;
  MemoryHybridTable hybrid_;
  std::chrono::milliseconds deadline_ = store_.deadline;  // kept, and no more: nothing here waits
};

}  // namespace crier::testing
