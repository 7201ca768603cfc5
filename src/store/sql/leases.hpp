// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>

#include "store/sql/cluster_statements.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace crier::sql {

template <class D>
class SqlLeases final : public RoleLeases {
 public:
  explicit SqlLeases(typename D::Database& database) : database_(database) {}

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

  typename D::Database& database_;
  typename D::Statement lease_{database_, kLease};
  typename D::Statement hold_{database_, kHold};
  typename D::Statement release_{database_, kRelease};
};

// Whether a leader still leads. Asked in the transaction of the leader's work.

template <class D>
class SqlFence {
 public:
  explicit SqlFence(typename D::Database& database) : database_(database) {}

  [[nodiscard]] bool holds(const Fence& fence) {
    auto row = fence_.run(database_.place().table, fence.holder.to_string(), fence.number);
    return row.step();
  }

 private:
  typename D::Database& database_;
  typename D::Statement fence_{database_, kFence};
};

template <class D>
Lease SqlLeases<D>::hold(const Guid& holder, std::chrono::milliseconds duration) {
  return database_.call("hold", [&] {
    // Most nodes are no leaders, and need not write to learn that.
    if (const std::optional<Row> row = read(); row && row->valid && row->lease.holder != holder) {
      return row->lease;
    }
    typename D::Write write(database_);
    const std::optional<std::int64_t> fencing = take(holder, duration);
    if (!fencing) {
      return read().value().lease;
    }
    write.commit();
    return Lease{holder, *fencing, duration};
  });
}

template <class D>
void SqlLeases<D>::release(const Guid& holder) {
  database_.call("release", [&] {
    typename D::Write write(database_);
    release_.change(database_.place().table, holder.to_string());
    write.commit();
  });
}

template <class D>
std::optional<Lease> SqlLeases<D>::holder() {
  return database_.call("read", [&]() -> std::optional<Lease> {
    const std::optional<Row> row = read();
    if (!row || !row->valid) {
      return std::nullopt;
    }
    return row->lease;
  });
}

template <class D>
auto SqlLeases<D>::read() -> std::optional<Row> {
  auto row = lease_.run(database_.place().table);
  if (!row.step()) {
    return std::nullopt;
  }
  return Row{{Guid::parse(row.text(0)).value_or(Guid()), row.number(1),
              std::chrono::milliseconds(std::max<std::int64_t>(row.number(2), 0))},
             row.number(3) != 0};
}

template <class D>
std::optional<std::int64_t> SqlLeases<D>::take(const Guid& holder,
                                               std::chrono::milliseconds duration) {
  auto row = hold_.run(database_.place().table, holder.to_string(), duration.count());
  if (!row.step()) {
    return std::nullopt;
  }
  return row.number(0);
}

}  // namespace crier::sql
