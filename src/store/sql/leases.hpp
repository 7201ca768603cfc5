// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "store/sql/statement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace crier::sql {

class Leases final : public RoleLeases {
 public:
  explicit Leases(Session& session) : session_(session) {}

  Lease hold(const Guid& holder, std::chrono::milliseconds duration) override;
  void release(const Guid& holder) override;
  std::optional<Lease> holder() override;

 private:
  struct Row {
    Lease lease;
    bool valid = false;
  };
  std::optional<Row> read();
  // Returns the fencing number; nothing if another one holds the lease.
  std::optional<std::int64_t> take(const Guid& holder, std::chrono::milliseconds duration);

  Session& session_;
  Statement lease_{session_, "lease"};
  Statement hold_{session_, "hold_lease"};
  Statement release_{session_, "release_lease"};
};

}  // namespace crier::sql
