// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/audit.hpp>

#include "store/sql/fence_check.hpp"
#include "store/sql/schema_driver.hpp"
#include "store/sql/statement.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sql {

class AuditRows final : public AuditTable {
 public:
  // `driver` looks into the application's tables.
  AuditRows(Session& session, SchemaDriver& driver) : session_(session), driver_(driver) {}

  void answer(EntryId request, const NodeReport& node,
              std::span<const AuditAnswer> answers) override;
  bool has_answered(EntryId request, const Guid& incarnation) override;
  std::vector<AuditRecord> answers(EntryId request) override;
  void forget(EntryId request) override;
  void forget_old(const Fence& fence) override;
  std::map<std::string, std::string> look_up(std::string_view sql,
                                             std::span<const std::string> keys) override;

 private:
  using Rows = std::span<const AuditSample::Row>;
  // In one transaction.
  void record(EntryId request, const NodeReport& node, const std::string& cache, Rows rows);

  Session& session_;
  SchemaDriver& driver_;
  const std::string& log_ = session_.config().log;
  FenceCheck fence_{session_};
  Statement record_{session_, "record_audit"};
  Statement is_answered_{session_, "audit_is_answered"};
  Statement audit_{session_, "audit"};
  Statement forget_{session_, "forget_audit"};
  Statement forget_old_{session_, "forget_old_audits"};
};

}  // namespace crier::sql
