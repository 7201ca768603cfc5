// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/audit.hpp>
#include <crier/admin/store.hpp>

#include "session.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace crier::cli {

struct AnsweringNode {
  std::string name;
  Guid incarnation;
  std::vector<std::string> caches;  // that it audits
};

// What nodes say if they are asked once.
struct AuditRound {
  std::vector<AnsweringNode> answered;
  std::vector<NodeRecord> silent;  // were live, and have not come to it
  std::vector<NodeRecord> passed;  // have passed it without an answer
  std::vector<AuditRecord> held;
};

// Writes the request into the log, waits until the live nodes have answered, or for `timeout`, and
// deletes the answers. Ends early if the session is interrupted.
[[nodiscard]] AuditRound ask(const Session& session, const OpenLog& log,
                             const AuditRequest& request, std::chrono::milliseconds timeout);

}  // namespace crier::cli
