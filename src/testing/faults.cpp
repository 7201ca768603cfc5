// SPDX-License-Identifier: MIT
#include "testing/faults.hpp"

#include <crier/error.hpp>

#include "testing/clock.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace crier::testing {

namespace {

constexpr std::chrono::milliseconds kDeadline{5000};

// Of MemoryConnection; all others write. A renewal that can't be written costs nobody anything.
constexpr std::array<std::string_view, 27> kReading{"connect",
                                                    "find_written",
                                                    "stamps",
                                                    "read_after",
                                                    "heads",
                                                    "read_before",
                                                    "backlog",
                                                    "find",
                                                    "newest",
                                                    "bounds",
                                                    "pruned_through",
                                                    "list",
                                                    "position_requests",
                                                    "canary",
                                                    "holder",
                                                    "events",
                                                    "refreshers",
                                                    "passages",
                                                    "audits",
                                                    "list_failures",
                                                    "find_failure",
                                                    "cache get",
                                                    "cache lookup",
                                                    "cache refresh",
                                                    "cache keys",
                                                    "cache stats",
                                                    "hybrid read"};

}  // namespace

void Faults::pass(std::string_view operation, Clock& clock) const {
  const std::string name(operation);
  const std::chrono::milliseconds takes = each_call;
  clock.advance(std::min(takes, kDeadline));
  if (takes > kDeadline) {
    throw Error(name, "memory: no answer within 5s; try again", Error::Kind::retryable);
  }
  switch (fault.load()) {
    case StoreFault::unreachable:
      throw Error(name, "memory: the connection was lost: try again", Error::Kind::retryable);
    case StoreFault::read_only:
      if (std::ranges::find(kReading, operation) == kReading.end()) {
        throw Error(name, "memory: the database can only be read now");
      }
      break;
    case StoreFault::none:
      break;
  }
}

}  // namespace crier::testing
