// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>

#include "testing/memory_store.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::testing {

/// The history of a MemoryStore, as its connections have it.
class MemoryHistoryOf final : public History {
 public:
  explicit MemoryHistoryOf(const MemoryCalls& calls)
      : calls_(calls), store_(calls.store), history_(calls.store.history_) {}

  void record(std::span<const EventRecord> events) override {
    calls_.call("record_events", [&] { history_.record(events); });
  }
  std::size_t record_silent(std::chrono::milliseconds watched) override {
    return calls_.call("record_silent", [&] { return history_.record_silent(nodes(), watched); });
  }
  std::vector<EventRecord> events(const EventQuery& query) override {
    return calls_.call("events", [&] { return history_.events(query); });
  }
  void declare(const NodeReport& node, std::span<const RefresherRecord> refreshers) override {
    calls_.call("declare", [&] { history_.declare(node, refreshers); });
  }
  std::vector<RefresherRecord> refreshers() override {
    return calls_.call("refreshers", [&] { return history_.refreshers(nodes()); });
  }
  void record_progress(const NodeReport& node, std::span<const ProgressMark> marks,
                       bool anew) override {
    calls_.call("record_progress", [&] { history_.record_progress(node, marks, anew); });
  }
  std::vector<Passage> passages(EntryId entry) override {
    return calls_.call("passages", [&] {
      return history_.passages(entry, nodes(), store_.log_.newest_id(), store_.now);
    });
  }
  void forget_old(const Fence& fence) override {
    calls_.call("forget_events", [&] {
      if (store_.cluster_.holds(fence, store_.now)) {
        history_.forget_old(nodes());
      }
    });
  }

 private:
  [[nodiscard]] std::vector<NodeRecord> nodes() const {
    return store_.cluster_.list(store_.log_.newest_id(), store_.now);
  }
  const MemoryCalls& calls_;
  MemoryStore& store_;
  MemoryHistory& history_;
};

/// What its nodes have answered to audits.
class MemoryAuditTable final : public AuditTable {
 public:
  explicit MemoryAuditTable(const MemoryCalls& calls)
      : calls_(calls), store_(calls.store), audit_(calls.store.audit_) {}

  void answer(EntryId request, const NodeReport& node,
              std::span<const AuditAnswer> answers) override {
    calls_.call("answer_audit", [&] { audit_.answer(request, node, answers, store_.now); });
  }
  bool has_answered(EntryId request, const Guid& incarnation) override {
    return calls_.call("audits", [&] {
      const std::vector<AuditRecord> all = audit_.answers(request);
      return std::ranges::any_of(all, [&](const AuditRecord& record) {
        return record.incarnation == incarnation && record.cache.empty();
      });
    });
  }
  std::vector<AuditRecord> answers(EntryId request) override {
    return calls_.call("audits", [&] { return audit_.answers(request); });
  }
  void forget(EntryId request) override {
    calls_.call("forget_audit", [&] { audit_.forget(request); });
  }
  void forget_old(const Fence& fence) override {
    calls_.call("forget_audits", [&] {
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
  const MemoryCalls& calls_;
  MemoryStore& store_;
  MemoryAudit& audit_;
};

/// Its quarantine. Apart from the connection: the nodes are listed, too.
class MemoryFailureLog final : public FailureLog {
 public:
  explicit MemoryFailureLog(const MemoryCalls& calls)
      : calls_(calls), store_(calls.store), failures_(calls.store.failures_) {}

  void record(const std::vector<FailureRecord>& failures) override {
    calls_.call("record", [&] { failures_.record(failures, store_.now); });
  }
  std::vector<FailureRecord> list() override {
    return calls_.call("list_failures", [&] { return failures_.list(); });
  }
  std::optional<FailureRecord> find(std::int64_t id) override {
    return calls_.call("find_failure", [&] { return failures_.find(id); });
  }
  std::optional<EntryId> retry(std::int64_t id, const std::string& originated) override {
    const std::optional<EntryId> entry = calls_.call("retry", [&]() -> std::optional<EntryId> {
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
    return calls_.call("dismiss", [&] { return failures_.dismiss(id); });
  }
  std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) override {
    return calls_.call("forget_failures", [&] {
      return store_.cluster_.holds(fence, store_.now) ? failures_.forget_older(age, store_.now) : 0;
    });
  }

 private:
  const MemoryCalls& calls_;
  MemoryStore& store_;
  MemoryFailures& failures_;
};

}  // namespace crier::testing
