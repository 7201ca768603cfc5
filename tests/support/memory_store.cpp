// SPDX-License-Identifier: MIT
#include "support/memory_store.hpp"

#include "support/memory_cache_table.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace crier::test {

class MemoryHistoryOf final : public History {
 public:
  explicit MemoryHistoryOf(MemoryStore& store) : store_(store), history_(store.history_) {}

  void record(std::span<const EventRecord> events) override {
    store_.call("record_events", [&] { history_.record(events); });
  }
  std::size_t record_silent(std::chrono::milliseconds watched) override {
    return store_.call("record_silent", [&] { return history_.record_silent(nodes(), watched); });
  }
  std::vector<EventRecord> events(const EventQuery& query) override {
    return store_.call("events", [&] { return history_.events(query); });
  }
  void declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) override {
    store_.call("declare", [&] { history_.declare(node, refreshers); });
  }
  std::vector<RefresherRecord> refreshers() override {
    return store_.call("refreshers", [&] { return history_.refreshers(nodes()); });
  }
  void record_progress(const NodeReport& node, std::span<const ProgressMark> marks,
                       bool anew) override {
    store_.call("record_progress", [&] { history_.record_progress(node, marks, anew); });
  }
  std::vector<Passage> passages(EntryId entry) override {
    return store_.call("passages", [&] {
      return history_.passages(entry, nodes(), store_.log_.newest_id(), store_.now);
    });
  }
  void forget_old(const Fence& fence) override {
    store_.call("forget_events", [&] {
      if (store_.cluster_.holds(fence, store_.now)) {
        history_.forget_old(nodes());
      }
    });
  }

 private:
  [[nodiscard]] std::vector<NodeRecord> nodes() const {
    return store_.cluster_.list(store_.log_.newest_id(), store_.now);
  }
  MemoryStore& store_;
  MemoryHistory& history_;
};

class MemoryAuditTable final : public AuditTable {
 public:
  explicit MemoryAuditTable(MemoryStore& store) : store_(store), audit_(store.audit_) {}

  void answer(EntryId request, const NodeReport& node,
              std::span<const AuditAnswer> answers) override {
    store_.call("answer_audit", [&] { audit_.answer(request, node, answers, store_.now); });
  }
  bool has_answered(EntryId request, const Guid& incarnation) override {
    return store_.call("audits", [&] {
      const std::vector<AuditRecord> all = audit_.answers(request);
      return std::ranges::any_of(all, [&](const AuditRecord& record) {
        return record.incarnation == incarnation && record.cache.empty();
      });
    });
  }
  std::vector<AuditRecord> answers(EntryId request) override {
    return store_.call("audits", [&] { return audit_.answers(request); });
  }
  void forget(EntryId request) override {
    store_.call("forget_audit", [&] { audit_.forget(request); });
  }
  void forget_old(const Fence& fence) override {
    store_.call("forget_audits", [&] {
      if (store_.cluster_.holds(fence, store_.now)) {
        audit_.forget_old(store_.now);
      }
    });
  }
  std::map<std::string, std::string> look_up(std::string_view /*sql*/,
                                             std::span<const std::string> /*keys*/) override {
    throw Error("look up versions", "this store has no tables of an application's");
  }

 private:
  MemoryStore& store_;
  MemoryAudit& audit_;
};

// Apart from the connection: the nodes are listed, too.
class MemoryFailureLog final : public FailureLog {
 public:
  explicit MemoryFailureLog(MemoryStore& store) : store_(store), failures_(store.failures_) {}

  void record(const std::vector<FailureRecord>& failures) override {
    store_.call("record", [&] { failures_.record(failures, store_.now); });
  }
  std::vector<FailureRecord> list() override {
    return store_.call("list_failures", [&] { return failures_.list(); });
  }
  std::optional<FailureRecord> find(std::int64_t id) override {
    return store_.call("find_failure", [&] { return failures_.find(id); });
  }
  std::optional<EntryId> retry(std::int64_t id, const std::string& originated) override {
    const std::optional<EntryId> entry = store_.call("retry", [&]() -> std::optional<EntryId> {
      const std::optional<FailureRecord> failure = failures_.find(id);
      if (!failure) {
        return std::nullopt;
      }
      if (failure->json_instruction.empty()) {
        throw Error("retry", "the failure holds no instruction", Error::Kind::invalid_argument);
      }
      failures_.dismiss(id);
      return store_.log_.append({originated, failure->instruction_count, failure->json_instruction},
                                store_.now);
    });
    if (entry) {
      store_.ring.ring();
    }
    return entry;
  }
  bool dismiss(std::int64_t id) override {
    return store_.call("dismiss", [&] { return failures_.dismiss(id); });
  }
  std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) override {
    return store_.call("forget_failures", [&] {
      return store_.cluster_.holds(fence, store_.now) ? failures_.forget_older(age, store_.now) : 0;
    });
  }

 private:
  MemoryStore& store_;
  MemoryFailures& failures_;
};

class MemoryConnection final : public Connection,
                               public InstructionLog,
                               public Schema,
                               public NodeDirectory,
                               public RoleLeases {
 public:
  explicit MemoryConnection(MemoryStore& store)
      : store_(store),
        log_(store.log_),
        cluster_(store.cluster_),
        failures_(store),
        history_(store),
        audit_(store),
        cache_(store),
        hybrid_(store) {}

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
    const EntryId id = store_.call("append", [&] {
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
    return store_.call("assign_pending_ids",
                       [&] { return std::exchange(store_.ids_are_due, false); });
  }
  std::vector<EntryId> find_written(EntryId after, std::string_view originated,
                                    std::size_t most) override {
    return store_.call("find_written", [&] {
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
    return store_.call("stamps", [&] {
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
    page = store_.call("read_after", [&] { return log_.read_after(after, limits); });
    page.ids_are_due = store_.ids_are_due;
    page.lineage = store_.tells_lineage ? page.lineage : 0;
    page.end_version = store_.end_version;
    page.may_lag = store_.may_lag;
  }
  Heads heads(EntryId id) override {
    return store_.call("heads", [&] { return log_.heads(id); });
  }
  std::vector<Entry> read_before(EntryId before, std::size_t count) override {
    return store_.call("read_before", [&] { return log_.read_before(before, count); });
  }
  std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except) override {
    return store_.call("backlog", [&] { return log_.backlog(after, limit, except); });
  }
  std::optional<Entry> find(EntryId id) override {
    return store_.call("find", [&] { return log_.find(id); });
  }
  Cursor newest() override {
    return store_.call("newest", [&] { return log_.newest(); });
  }
  std::optional<LogBounds> bounds() override {
    return store_.call("bounds", [&] { return log_.bounds(); });
  }
  Pruned prune(const PruneOrder& order) override {
    return store_.call("prune", [&] { return log_.prune(order, cluster_, store_.now); });
  }
  EntryId pruned_through() override {
    return store_.call("pruned_through", [&] { return log_.pruned_through(); });
  }

  SchemaStatus status() override { return {SchemaState::current, 1, 1, {}}; }
  std::vector<Migration> pending() override { return {}; }
  std::vector<Migration> migrate() override { return {}; }

  BeatResult beat(const NodeReport& report) override {
    return store_.call("beat",
                       [&] { return cluster_.beat(report, store_.process_is_gone, store_.now); });
  }
  void goodbye(const Guid& incarnation) override {
    store_.call("goodbye", [&] { cluster_.goodbye(incarnation, store_.now); });
  }
  std::vector<NodeRecord> list() override {
    return store_.call("list", [&] {
      std::vector<NodeRecord> nodes = cluster_.list(log_.newest_id(), store_.now);
      for (NodeRecord& node : nodes) {
        node.quarantined = store_.failures_.count_of(node.incarnation);
      }
      return nodes;
    });
  }
  std::size_t forget(std::string_view name) override {
    return store_.call("forget", [&] { return cluster_.forget(name, store_.now); });
  }
  std::size_t forget_older(std::chrono::milliseconds age, std::chrono::milliseconds position_age,
                           const Fence& fence) override {
    return store_.call("forget_older",
                       [&] { return cluster_.forget_older(age, position_age, fence, store_.now); });
  }
  PositionClaim claim_position(const NodeReport& report) override {
    return store_.call("claim_position", [&] {
      return cluster_.claim_position(report, store_.process_is_gone, store_.now);
    });
  }
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) override {
    return store_.call("save_position",
                       [&] { return cluster_.save_position(report, cursor, reset, store_.now); });
  }
  std::optional<PauseOrder> publish_position(const NodeReport& report) override {
    return store_.call("publish_position",
                       [&] { return cluster_.publish_position(report, store_.now); });
  }
  std::size_t pause(std::string_view name, std::chrono::milliseconds duration,
                    std::string_view by) override {
    return store_.call("pause", [&] { return cluster_.pause(name, duration, by, store_.now); });
  }
  std::size_t resume(std::string_view name, std::string_view by) override {
    return store_.call("resume", [&] { return cluster_.resume(name, by, store_.now); });
  }
  std::int64_t request_position(EntryId entry, std::chrono::milliseconds timeout) override {
    const std::int64_t serial = store_.call(
        "request_position", [&] { return cluster_.request_position(entry, timeout, store_.now); });
    remind();
    return serial;
  }
  void remind() noexcept override { store_.ring.ring(); }
  void withdraw_request(std::int64_t serial) override {
    store_.call("withdraw_request", [&] { cluster_.withdraw_request(serial); });
  }
  std::vector<PositionRequest> position_requests() override {
    return store_.call("position_requests", [&] { return cluster_.position_requests(store_.now); });
  }
  std::optional<EntryId> send_canary(const NewEntry& entry, std::chrono::milliseconds interval,
                                     const Fence& fence) override {
    const std::optional<EntryId> id = store_.call("send_canary", [&]() -> std::optional<EntryId> {
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
    return store_.call("canary", [&] { return cluster_.canary(store_.now); });
  }

  Lease hold(const Guid& holder, std::chrono::milliseconds duration) override {
    return store_.call("hold", [&] { return cluster_.hold(holder, duration, store_.now); });
  }
  void release(const Guid& holder) override {
    store_.call("release", [&] { cluster_.release(holder, store_.now); });
  }
  std::optional<Lease> holder() override {
    return store_.call("holder", [&] { return cluster_.holder(store_.now); });
  }

 private:
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

EntryId MemoryStore::write(std::string originated, std::string json, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  const EntryId id = log_.append({std::move(originated), count, std::move(json)}, now);
  ring.ring_others();
  return id;
}

void MemoryStore::put(Entry entry) {
  const std::lock_guard lock(mutex_);
  log_.put(std::move(entry), now);
}

void MemoryStore::drop(EntryId id) {
  const std::lock_guard lock(mutex_);
  log_.drop(id);
}

void MemoryStore::restore(EntryId first) {
  const std::lock_guard lock(mutex_);
  log_.restore(first);
}

std::vector<Entry> MemoryStore::rows() const {
  const std::lock_guard lock(mutex_);
  return log_.rows();
}

std::vector<MemoryCluster::PersistentPosition> MemoryStore::kept_positions() const {
  const std::lock_guard lock(mutex_);
  return cluster_.kept();
}

RidingIds MemoryStore::append_in(ApplicationConnection connection,
                                 std::span<const NewEntry> entries) {
  if (std::holds_alternative<sqlite3*>(connection)) {
    return Store::append_in(connection, entries);
  }
  const std::lock_guard lock(mutex_);
  RidingIds ids;
  for (const NewEntry& entry : entries) {
    ids.last = log_.append(entry, now);
  }
  return ids;
}

std::unique_ptr<Connection> MemoryStore::connect(Access) {
  call("connect", [&] { ++connects; });
  return std::make_unique<MemoryConnection>(*this);
}

}  // namespace crier::test
