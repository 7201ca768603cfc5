// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/audit.hpp>

#include "session.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

// What an audit is to do.
struct AuditOrder {
  AuditRequest request;
  std::optional<std::string> query;  // to which the cache that is named is held
  // After the first answers, in order.
  std::vector<std::chrono::milliseconds> again{std::chrono::seconds(1), std::chrono::seconds(5),
                                               std::chrono::seconds(10)};
  std::chrono::milliseconds timeout{};  // for answers, and for the query
};

// Asks the nodes, compares, asks again, and prints. Returns the exit code.
int run_audit(const Session& session, AuditOrder order);

}  // namespace crier::cli
