// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace crier::sql {

// Which database a store works on, and how its messages speak of it. Drivers add what they connect
// with.
struct StoreConfig {
  std::string database;         // as messages name it: a path, or a URL without secrets
  std::string migrate_command;  // "crier --store x.db migrate"
  std::chrono::milliseconds deadline{5000};
  std::string log = "crierCacheInstruction";  // the instruction table; names the log in others
  bool foreign_log = false;                   // another program's table: not crier's to create
  std::string app;  // whose tables, if a file has several applications', "app_crierNode"
};

}  // namespace crier::sql
