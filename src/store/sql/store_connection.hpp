// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/sql/audit_rows.hpp"
#include "store/sql/cache_entries.hpp"
#include "store/sql/failures.hpp"
#include "store/sql/history.hpp"
#include "store/sql/hybrid_records.hpp"
#include "store/sql/leases.hpp"
#include "store/sql/log.hpp"
#include "store/sql/migrated_schema.hpp"
#include "store/sql/nodes.hpp"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace crier::sql {

// What a driver makes for each connection.
class DriverSession : public Session, public LogDriver, public SchemaDriver {};

// The Connection of a store: the core over one session of a driver's.
class StoreConnection final : public Connection {
 public:
  // `wakeup` is rung; `known` are the migrations of the dialect.
  StoreConnection(std::unique_ptr<DriverSession> session, std::shared_ptr<Wakeup> wakeup,
                  std::vector<Migration> known)
      : wakeup_(std::move(wakeup)),
        session_(std::move(session)),
        schema_(*session_, *session_, std::move(known)) {}

  InstructionLog& log() override { return log_; }
  Schema& schema() override { return schema_; }
  NodeDirectory& nodes() override { return nodes_; }
  RoleLeases& leases() override { return leases_; }
  FailureLog& failures() override { return failures_; }
  History& history() override { return history_; }
  AuditTable& audit() override { return audit_; }
  SharedCacheTable& cache() override { return cache_; }
  HybridTable& hybrid() override { return hybrid_; }
  [[nodiscard]] std::chrono::milliseconds deadline() const override {
    return session_->config().deadline;
  }
  void set_deadline(std::chrono::milliseconds deadline) override {
    session_->set_deadline(deadline);
  }

 private:
  const std::shared_ptr<Wakeup> wakeup_;          // shared: a connection may outlive its store
  const std::unique_ptr<DriverSession> session_;  // before its statements, which must go first
  Log log_{*session_, *session_};
  MigratedSchema schema_;
  Nodes nodes_{*session_, *session_, *wakeup_};
  Leases leases_{*session_};
  Failures failures_{*session_, *session_, *wakeup_};
  EventHistory history_{*session_};
  AuditRows audit_{*session_, *session_};
  CacheEntries cache_{*session_};
  HybridRecords hybrid_{*session_, cache_};
};

}  // namespace crier::sql
