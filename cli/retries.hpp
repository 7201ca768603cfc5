// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/guid.hpp>

#include "session.hpp"

#include <chrono>
#include <cstdint>
#include <set>

namespace crier::cli {

// Instructions of the quarantine that run again, and what becomes of them. What it gets outlives
// it.
class Retries {
 public:
  Retries(Session& session, const OpenLog& log) : session_(session), log_(log) {}

  // Appends the failure's instruction as a new entry, takes the failure out of the quarantine, and
  // prints both. False if there is no such failure.
  bool add(std::int64_t failure);
  // A live node that puts off the full refresh of one of their refreshers, since it has failed,
  // tries that at once.
  void hurry();
  // Waits until the live nodes have handled them, and says which failed again; the exit code.
  int wait(std::chrono::milliseconds timeout);

 private:
  Session& session_;
  const OpenLog& log_;
  std::set<EntryId> entries_;
  std::set<Guid> refreshers_;
  EntryId last_;  // of what was appended
};

}  // namespace crier::cli
