// SPDX-License-Identifier: MIT
// What a node's caches answer to an audit.
#include <crier/admin/audit.hpp>

#include "base/error_of.hpp"
#include "base/reporter.hpp"
#include "node/core.hpp"
#include "node/node_runtime.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier {

namespace {

// The poller reads no entry meanwhile.
constexpr std::chrono::milliseconds kSamplingTime{100};

}  // namespace

void NodeRuntime::answer_audit(const Instruction& request, EntryId entry) {
  const std::optional<AuditRequest> asked = audit_request_of(request);
  if (!asked || (!asked->node.empty() && asked->node != name_) || core_->options.read_only ||
      keeper_->is_behind_audits()) {
    return;
  }
  const auto ends = AuditSample::Clock::now() + kSamplingTime;
  std::vector<AuditAnswer> answers;
  for (const AuditedCache& cache : core_->options.audit) {
    AuditAnswer answer{cache.name, 0, {}};
    if (asked->cache.empty() || asked->cache == cache.name) {
      AuditSample sample(*asked, cache.name, ends);
      if (const std::string error = error_of([&] { cache.sample(sample); }); !error.empty()) {
        core_->reporter.log(LogLevel::warning,
                            "the audit of cache " + cache.name + " failed: " + error);
        continue;
      }
      answer.seen = sample.seen();
      answer.rows = sample.rows();
    }
    answers.push_back(std::move(answer));
  }
  keeper_->answer_audit(entry, std::move(answers));
}

}  // namespace crier
