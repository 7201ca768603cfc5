// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_leases.hpp"

#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>

#include <algorithm>

namespace crier::sqlite {

Lease SqliteLeases::hold(const Guid& holder, std::chrono::milliseconds duration) {
  return database_.call("hold", [&] {
    // Most nodes are no leaders, and need not write to learn that.
    if (const std::optional<Row> row = read(); row && row->valid && row->lease.holder != holder) {
      return row->lease;
    }
    Write write(database_);
    const std::optional<std::int64_t> fencing = take(holder, duration);
    if (!fencing) {
      return read().value().lease;
    }
    write.commit();
    return Lease{holder, *fencing, duration};
  });
}

void SqliteLeases::release(const Guid& holder) {
  database_.call("release", [&] {
    Write write(database_);
    release_.change(database_.place().table, holder.to_string());
    write.commit();
  });
}

std::optional<Lease> SqliteLeases::holder() {
  return database_.call("read", [&]() -> std::optional<Lease> {
    const std::optional<Row> row = read();
    if (!row || !row->valid) {
      return std::nullopt;
    }
    return row->lease;
  });
}

std::optional<SqliteLeases::Row> SqliteLeases::read() {
  Statement::Run row = lease_.run(database_.place().table);
  if (!row->executeStep()) {
    return std::nullopt;
  }
  return Row{
      {Guid::parse(row->getColumn(0).getString()).value_or(Guid()), row->getColumn(1).getInt64(),
       std::chrono::milliseconds(std::max<std::int64_t>(row->getColumn(2).getInt64(), 0))},
      row->getColumn(3).getInt() != 0};
}

std::optional<std::int64_t> SqliteLeases::take(const Guid& holder,
                                               std::chrono::milliseconds duration) {
  Statement::Run row = hold_.run(database_.place().table, holder.to_string(), duration.count());
  if (!row->executeStep()) {
    return std::nullopt;
  }
  return row->getColumn(0).getInt64();
}

bool SqliteFence::holds(const Fence& fence) {
  return fence_.run(database_.place().table, fence.holder.to_string(), fence.number)->executeStep();
}

}  // namespace crier::sqlite
