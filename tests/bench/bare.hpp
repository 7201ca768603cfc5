// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "bench/bare_database.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace crier::bench {

// SQLite's own interface with nothing around it, on a database that crier has migrated: what the
// machine allows.
class Bare {
 public:
  // `synchronous` is NORMAL or FULL.
  Bare(const std::string& path, const std::string& synchronous);

  void execute(const std::string& sql) { database_.execute(sql); }
  // Commits by itself unless a transaction is open.
  void insert(const NewEntry& entry);
  // Hands on the count of each row after `id`, and returns the last one's id.
  std::int64_t read_after(std::int64_t id, const std::function<void(std::int64_t)>& take);
  // Steps through the log and reads each column; returns how many bytes that were.
  std::int64_t scan();

 private:
  BareDatabase database_;
  BareDatabase::Statement insert_;
  BareDatabase::Statement scan_;
  BareDatabase::Statement after_;
};

}  // namespace crier::bench
