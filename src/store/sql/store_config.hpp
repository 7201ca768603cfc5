// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace crier::sql {

// Which database a store works on, and how its messages speak of it. Drivers add what they connect
// with.
struct StoreConfig {
  std::string database;         // as messages name it: a path, or a URL without secrets
  std::string migrate_command;  // "crier --store x.db migrate"
  std::chrono::milliseconds deadline{5000};               // in force
  std::optional<std::chrono::milliseconds> own_deadline;  // the store's, if a caller has set one
  std::string log = "crierCacheInstruction";  // the instruction table; names the log in others
  bool foreign_log = false;                   // another program's table: not crier's to create
  std::string app;  // whose tables, if a file has several applications', "app_crierNode"

  void set_deadline(std::chrono::milliseconds callers) {
    own_deadline = own_deadline.value_or(deadline);
    deadline = callers;
  }
  // A longer deadline of the store's would not help.
  [[nodiscard]] bool is_hurried() const { return own_deadline && deadline < *own_deadline; }
};

}  // namespace crier::sql
