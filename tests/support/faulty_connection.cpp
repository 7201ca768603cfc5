// SPDX-License-Identifier: MIT
// The connections of a faulty store: each part of one passes every call through the store.
#include <crier/error.hpp>

#include "support/faulty_store.hpp"

#include <optional>
#include <utility>

namespace crier::test {
namespace {

// The calls on one connection. Once one has failed for good, none goes well any more.
class Calls {
 public:
  explicit Calls(FaultyStore& store) : store_(store) {}

  template <class Body>
  auto call(std::string_view operation, Body body) {
    try {
      return store_.call(operation, [&] {
        if (broken_) {
          throw Error(*broken_);
        }
        return body();
      });
    } catch (const Error& error) {
      if (!error.retryable()) {
        broken_ = error;
      }
      throw;
    }
  }

 private:
  FaultyStore& store_;
  std::optional<Error> broken_;
};

class FaultyFailures final : public FailureLog {
 public:
  FaultyFailures(Calls& calls, FailureLog& real) : calls_(calls), real_(real) {}

  void record(const std::vector<FailureRecord>& failures) override {
    calls_.call("record", [&] { real_.record(failures); });
  }
  std::vector<FailureRecord> list() override {
    return calls_.call("list failures", [&] { return real_.list(); });
  }
  std::optional<FailureRecord> find(std::int64_t id) override {
    return calls_.call("find failure", [&] { return real_.find(id); });
  }
  std::optional<EntryId> retry(std::int64_t id, const std::string& originated) override {
    return calls_.call("retry", [&] { return real_.retry(id, originated); });
  }
  bool dismiss(std::int64_t id) override {
    return calls_.call("dismiss", [&] { return real_.dismiss(id); });
  }
  std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) override {
    return calls_.call("forget failures", [&] { return real_.forget_older(age, fence); });
  }

 private:
  Calls& calls_;
  FailureLog& real_;
};

class FaultyHistory final : public History {
 public:
  FaultyHistory(Calls& calls, History& real) : calls_(calls), real_(real) {}

  void record(std::span<const EventRecord> events) override {
    calls_.call("record events", [&] { real_.record(events); });
  }
  std::size_t record_silent(std::chrono::milliseconds watched) override {
    return calls_.call("record silent", [&] { return real_.record_silent(watched); });
  }
  std::vector<EventRecord> events(const EventQuery& query) override {
    return calls_.call("events", [&] { return real_.events(query); });
  }
  void declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) override {
    calls_.call("declare", [&] { real_.declare(node, refreshers); });
  }
  std::vector<RefresherRecord> refreshers() override {
    return calls_.call("refreshers", [&] { return real_.refreshers(); });
  }
  void record_progress(const NodeReport& node, std::span<const ProgressMark> marks,
                       bool anew) override {
    calls_.call("record progress", [&] { real_.record_progress(node, marks, anew); });
  }
  std::vector<Passage> passages(EntryId entry) override {
    return calls_.call("passages", [&] { return real_.passages(entry); });
  }
  void forget_old(const Fence& fence) override {
    calls_.call("forget events", [&] { real_.forget_old(fence); });
  }

 private:
  Calls& calls_;
  History& real_;
};

class FaultyAudit final : public AuditTable {
 public:
  FaultyAudit(Calls& calls, AuditTable& real) : calls_(calls), real_(real) {}

  void answer(EntryId request, const NodeReport& node,
              std::span<const AuditAnswer> answers) override {
    calls_.call("answer audit", [&] { real_.answer(request, node, answers); });
  }
  bool has_answered(EntryId request, const Guid& incarnation) override {
    return calls_.call("audits", [&] { return real_.has_answered(request, incarnation); });
  }
  std::vector<AuditRecord> answers(EntryId request) override {
    return calls_.call("audits", [&] { return real_.answers(request); });
  }
  void forget(EntryId request) override {
    calls_.call("forget audit", [&] { real_.forget(request); });
  }
  void forget_old(const Fence& fence) override {
    calls_.call("forget audits", [&] { real_.forget_old(fence); });
  }
  std::map<std::string, std::string> look_up(std::string_view sql,
                                             std::span<const std::string> keys) override {
    return calls_.call("look up", [&] { return real_.look_up(sql, keys); });
  }

 private:
  Calls& calls_;
  AuditTable& real_;
};

class FaultyCache final : public SharedCacheTable {
 public:
  FaultyCache(Calls& calls, SharedCacheTable& real) : calls_(calls), real_(real) {}

  std::optional<std::string> get(std::string_view key) override {
    return calls_.call("cache get", [&] { return real_.get(key); });
  }
  std::optional<std::string> peek(std::string_view key) override {
    return calls_.call("cache get", [&] { return real_.peek(key); });
  }
  std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) override {
    return calls_.call("cache get", [&] { return real_.get_many(keys); });
  }
  SharedLookup lookup(std::string_view key) override {
    return calls_.call("cache lookup", [&] { return real_.lookup(key); });
  }
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override {
    calls_.call("cache set", [&] { real_.set(key, value, expiry); });
  }
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override {
    return calls_.call("cache add", [&] { return real_.add(key, value, miss, expiry); });
  }
  void refresh(std::string_view key) override {
    calls_.call("cache refresh", [&] { real_.refresh(key); });
  }
  void remove(std::string_view key) override {
    calls_.call("cache remove", [&] { real_.remove(key); });
  }
  bool remove_value(std::string_view key, std::string_view value) override {
    return calls_.call("cache remove", [&] { return real_.remove_value(key, value); });
  }
  CacheCleaned forget_gone(std::size_t max_rows, const Fence& fence) override {
    return calls_.call("cache forget", [&] { return real_.forget_gone(max_rows, fence); });
  }
  std::vector<std::string> keys(std::string_view prefix, std::string_view after,
                                std::size_t limit) override {
    return calls_.call("cache keys", [&] { return real_.keys(prefix, after, limit); });
  }
  CacheCleaned clear(std::string_view prefix, std::size_t max_rows) override {
    return calls_.call("cache clear", [&] { return real_.clear(prefix, max_rows); });
  }
  CacheStats stats() override {
    return calls_.call("cache stats", [&] { return real_.stats(); });
  }

 private:
  Calls& calls_;
  SharedCacheTable& real_;
};

class FaultyLog final : public InstructionLog {
 public:
  FaultyLog(Calls& calls, InstructionLog& real) : calls_(calls), real_(real) {}

  EntryId append(std::span<const NewEntry> entries) override {
    return calls_.call("append", [&] { return real_.append(entries); });
  }
  bool hand_over(EntryId last, std::size_t count) noexcept override {
    return real_.hand_over(last, count);
  }
  std::vector<EntryId> find_written(EntryId after, std::string_view originated,
                                    std::size_t most) override {
    return calls_.call("find_written", [&] { return real_.find_written(after, originated, most); });
  }
  std::vector<std::string> stamps(EntryId last, std::size_t count) override {
    return calls_.call("stamps", [&] { return real_.stamps(last, count); });
  }
  bool assign_pending_ids() override {
    return calls_.call("assign_pending_ids", [&] { return real_.assign_pending_ids(); });
  }
  void read_after(EntryId after, const ReadLimits& limits, Page& page) override {
    calls_.call("read_after", [&] { real_.read_after(after, limits, page); });
  }
  Heads heads(EntryId id) override {
    return calls_.call("heads", [&] { return real_.heads(id); });
  }
  std::vector<Entry> read_before(EntryId before, std::size_t count) override {
    return calls_.call("read_before", [&] { return real_.read_before(before, count); });
  }
  std::int64_t backlog(EntryId after, std::int64_t limit, std::string_view except) override {
    return calls_.call("backlog", [&] { return real_.backlog(after, limit, except); });
  }
  std::optional<Entry> find(EntryId id) override {
    return calls_.call("find", [&] { return real_.find(id); });
  }
  Cursor newest() override {
    return calls_.call("newest", [&] { return real_.newest(); });
  }
  std::optional<LogBounds> bounds() override {
    return calls_.call("bounds", [&] { return real_.bounds(); });
  }
  Pruned prune(const PruneOrder& order) override {
    return calls_.call("prune", [&] { return real_.prune(order); });
  }
  EntryId pruned_through() override {
    return calls_.call("pruned_through", [&] { return real_.pruned_through(); });
  }

 private:
  Calls& calls_;
  InstructionLog& real_;
};

class FaultySchema final : public Schema {
 public:
  FaultySchema(Calls& calls, Schema& real) : calls_(calls), real_(real) {}

  SchemaStatus status() override {
    return calls_.call("status", [&] { return real_.status(); });
  }
  std::vector<Migration> pending() override {
    return calls_.call("pending", [&] { return real_.pending(); });
  }
  std::vector<Migration> migrate() override {
    return calls_.call("migrate", [&] { return real_.migrate(); });
  }

 private:
  Calls& calls_;
  Schema& real_;
};

class FaultyNodes final : public NodeDirectory {
 public:
  FaultyNodes(Calls& calls, NodeDirectory& real) : calls_(calls), real_(real) {}

  BeatResult beat(const NodeReport& report) override {
    return calls_.call("beat", [&] { return real_.beat(report); });
  }
  void goodbye(const Guid& incarnation) override {
    calls_.call("goodbye", [&] { real_.goodbye(incarnation); });
  }
  std::vector<NodeRecord> list() override {
    return calls_.call("list", [&] { return real_.list(); });
  }
  std::size_t forget(std::string_view name) override {
    return calls_.call("forget", [&] { return real_.forget(name); });
  }
  std::size_t forget_older(std::chrono::milliseconds age, std::chrono::milliseconds position_age,
                           const Fence& fence) override {
    return calls_.call("forget_older",
                       [&] { return real_.forget_older(age, position_age, fence); });
  }
  PositionClaim claim_position(const NodeReport& report) override {
    return calls_.call("claim_position", [&] { return real_.claim_position(report); });
  }
  bool save_position(const NodeReport& report, const Cursor& cursor, bool reset) override {
    return calls_.call("save_position", [&] { return real_.save_position(report, cursor, reset); });
  }
  std::optional<PauseOrder> publish_position(const NodeReport& report) override {
    return calls_.call("publish_position", [&] { return real_.publish_position(report); });
  }
  std::size_t pause(std::string_view name, std::chrono::milliseconds duration,
                    std::string_view by) override {
    return calls_.call("pause", [&] { return real_.pause(name, duration, by); });
  }
  std::size_t resume(std::string_view name, std::string_view by) override {
    return calls_.call("resume", [&] { return real_.resume(name, by); });
  }
  std::int64_t request_position(EntryId entry, std::chrono::milliseconds timeout) override {
    return calls_.call("request_position", [&] { return real_.request_position(entry, timeout); });
  }
  void remind() noexcept override { real_.remind(); }
  void withdraw_request(std::int64_t serial) override {
    calls_.call("withdraw_request", [&] { real_.withdraw_request(serial); });
  }
  std::vector<PositionRequest> position_requests() override {
    return calls_.call("position_requests", [&] { return real_.position_requests(); });
  }
  std::optional<EntryId> send_canary(const NewEntry& entry, std::chrono::milliseconds interval,
                                     const Fence& fence) override {
    return calls_.call("send_canary", [&] { return real_.send_canary(entry, interval, fence); });
  }
  std::optional<Canary> canary() override {
    return calls_.call("canary", [&] { return real_.canary(); });
  }

 private:
  Calls& calls_;
  NodeDirectory& real_;
};

class FaultyLeases final : public RoleLeases {
 public:
  FaultyLeases(Calls& calls, RoleLeases& real) : calls_(calls), real_(real) {}

  Lease hold(const Guid& holder, std::chrono::milliseconds duration) override {
    return calls_.call("hold", [&] { return real_.hold(holder, duration); });
  }
  void release(const Guid& holder) override {
    calls_.call("release", [&] { real_.release(holder); });
  }
  std::optional<Lease> holder() override {
    return calls_.call("holder", [&] { return real_.holder(); });
  }

 private:
  Calls& calls_;
  RoleLeases& real_;
};

class FaultyHybrid final : public HybridTable {
 public:
  FaultyHybrid(Calls& calls, HybridTable& real) : calls_(calls), real_(real) {}

  SharedHalf::Read read(std::string_view cache, std::string_view key,
                        std::span<const std::uint64_t> marks) override {
    return calls_.call("hybrid read", [&] { return real_.read(cache, key, marks); });
  }
  std::vector<SharedHalf::Read> read_many(std::string_view cache,
                                          std::span<const SharedHalf::Ask> asks) override {
    return calls_.call("hybrid read", [&] { return real_.read_many(cache, asks); });
  }
  SharedHalf::Written write(const SharedHalf::Write& write) override {
    return calls_.call("hybrid write", [&] { return real_.write(write); });
  }
  SharedHalf::Swept sweep(std::string_view cache, const std::string& place) override {
    return calls_.call("hybrid sweep", [&] { return real_.sweep(cache, place); });
  }
  Fingerprint origin() override { return real_.origin(); }

 private:
  Calls& calls_;
  HybridTable& real_;
};

class FaultyConnection final : public Connection {
 public:
  FaultyConnection(FaultyStore& store, std::unique_ptr<Connection> real)
      : real_(std::move(real)),
        calls_(store),
        log_(calls_, real_->log()),
        schema_(calls_, real_->schema()),
        nodes_(calls_, real_->nodes()),
        leases_(calls_, real_->leases()),
        failures_(calls_, real_->failures()),
        history_(calls_, real_->history()),
        audit_(calls_, real_->audit()),
        cache_(calls_, real_->cache()),
        hybrid_(calls_, real_->hybrid()) {}

  InstructionLog& log() override { return log_; }
  Schema& schema() override { return schema_; }
  NodeDirectory& nodes() override { return nodes_; }
  RoleLeases& leases() override { return leases_; }
  FailureLog& failures() override { return failures_; }
  History& history() override { return history_; }
  AuditTable& audit() override { return audit_; }
  SharedCacheTable& cache() override { return cache_; }
  HybridTable& hybrid() override { return hybrid_; }
  [[nodiscard]] std::chrono::milliseconds deadline() const override { return real_->deadline(); }
  void set_deadline(std::chrono::milliseconds deadline) override { real_->set_deadline(deadline); }

 private:
  const std::unique_ptr<Connection> real_;
  Calls calls_;
  FaultyLog log_;
  FaultySchema schema_;
  FaultyNodes nodes_;
  FaultyLeases leases_;
  FaultyFailures failures_;
  FaultyHistory history_;
  FaultyAudit audit_;
  FaultyCache cache_;
  FaultyHybrid hybrid_;
};

}  // namespace

std::unique_ptr<Connection> FaultyStore::connect(Access access) {
  return call("connect", [&]() -> std::unique_ptr<Connection> {
    return std::make_unique<FaultyConnection>(*this, real_.connect(access));
  });
}

}  // namespace crier::test
