// SPDX-License-Identifier: MIT
#include "store/sql/leases.hpp"

#include "store/sql/transaction.hpp"

#include <algorithm>

namespace crier::sql {

Lease Leases::hold(const Guid& holder, std::chrono::milliseconds duration) {
  return session_.call("hold", [&] {
    // Most nodes are no leaders, and need not write to learn that.
    if (const std::optional<Row> row = read(); row && row->valid && row->lease.holder != holder) {
      return row->lease;
    }
    Transaction write(session_, Begin::write);
    const std::optional<std::int64_t> fencing = take(holder, duration);
    if (!fencing) {
      return read().value().lease;
    }
    write.commit();
    return Lease{holder, *fencing, duration};
  });
}

void Leases::release(const Guid& holder) {
  session_.call("release", [&] {
    Transaction write(session_, Begin::write);
    release_.change({session_.config().log, holder.to_string()});
    write.commit();
  });
}

std::optional<Lease> Leases::holder() {
  return session_.call("read", [&]() -> std::optional<Lease> {
    const std::optional<Row> row = read();
    if (!row || !row->valid) {
      return std::nullopt;
    }
    return row->lease;
  });
}

std::optional<Leases::Row> Leases::read() {
  Rows row = lease_.run({session_.config().log});
  if (!row.step()) {
    return std::nullopt;
  }
  return Row{{Guid::parse(row.text(0)).value_or(Guid()), row.integer(1),
              std::chrono::milliseconds(std::max<std::int64_t>(row.integer(2), 0))},
             row.flag(3)};
}

std::optional<std::int64_t> Leases::take(const Guid& holder, std::chrono::milliseconds duration) {
  Rows row = hold_.run({session_.config().log, holder.to_string(), duration.count()});
  if (!row.step()) {
    return std::nullopt;
  }
  return row.integer(0);
}

}  // namespace crier::sql
