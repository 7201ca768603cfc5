// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cluster.hpp>

#include "store/sqlite/database.hpp"
#include "store/sqlite/sql_cluster.hpp"
#include "store/sqlite/statement.hpp"

namespace crier::sqlite {

class SqliteLeases final : public RoleLeases {
 public:
  explicit SqliteLeases(Database& database) : database_(database) {}

  Lease hold(const Guid& holder, std::chrono::milliseconds duration) override;
  void release(const Guid& holder) override;
  std::optional<Lease> holder() override;

 private:
  struct Row {
    Lease lease;
    bool valid = false;
  };
  std::optional<Row> read();
  // The fencing number; nothing where another one holds the lease.
  std::optional<std::int64_t> take(const Guid& holder, std::chrono::milliseconds duration);

  Database& database_;
  Statement lease_{database_, sql::kLease};
  Statement hold_{database_, sql::kHold};
  Statement release_{database_, sql::kRelease};
};

// Whether a leader still leads. Asked in the transaction of the leader's work.
class SqliteFence {
 public:
  explicit SqliteFence(Database& database) : database_(database) {}

  [[nodiscard]] bool holds(const Fence& fence);

 private:
  Database& database_;
  Statement fence_{database_, sql::kFence};
};

}  // namespace crier::sqlite
