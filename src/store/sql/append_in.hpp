// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>
#include <crier/entry.hpp>

#include "store/sql/session.hpp"
#include "store/sql/transaction.hpp"

#include <span>

namespace crier::sql {

// A session that borrows the connection of an application's, with a transaction that is open there.
class RidingSession : public Session {
 public:
  void begin(Begin /*kind*/) final { execute("SAVEPOINT crier_append_in"); }
  void commit() final { execute("RELEASE crier_append_in"); }

  // Writes `entries` in that transaction.
  virtual RidingIds append_riding(std::span<const NewEntry> entries) = 0;

 protected:
  static constexpr const char* kUndo = "ROLLBACK TO crier_append_in; RELEASE crier_append_in";
};

// See Store::append_in(): all of `entries` or none.
inline RidingIds append_in(RidingSession& session, std::span<const NewEntry> entries) {
  return session.call("append", [&] {
    Transaction savepoint(session, Begin::savepoint);
    const RidingIds ids = session.append_riding(entries);
    savepoint.commit();
    return ids;
  });
}

}  // namespace crier::sql
