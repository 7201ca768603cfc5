// SPDX-License-Identifier: MIT
#include "store/sql/position_requests.hpp"

#include "base/deadline.hpp"
#include "store/sql/transaction.hpp"

#include <exception>

namespace crier::sql {

std::int64_t PositionRequests::add(EntryId entry, std::chrono::milliseconds timeout) {
  return session_.call("ask", [&] {
    Transaction write(session_, Begin::write);
    forget_.change();
    std::int64_t serial = 0;
    if (Rows row = insert_.run({log_, entry.value, bounded(timeout).count()}); row.step()) {
      serial = row.integer(0);
    }
    write.commit();
    wakeup_.ring();
    return serial;
  });
}

void PositionRequests::withdraw(std::int64_t serial) {
  session_.call("answer", [&] {
    Transaction write(session_, Begin::write);
    withdraw_.change({log_, serial});
    write.commit();
  });
}

std::vector<PositionRequest> PositionRequests::list() {
  return session_.call("read", [&] {
    std::vector<PositionRequest> requests;
    try {
      Rows rows = list_.run({log_});
      while (rows.step()) {
        requests.push_back({rows.integer(0), {rows.integer(1)}});
      }
    } catch (const std::exception& error) {
      // As it is beside another program's table, unless crier's own were put there.
      if (!session_.is_missing_table(error)) {
        throw;
      }
    }
    return requests;
  });
}

}  // namespace crier::sql
