// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>

#include <memory>

namespace crier {

// A transaction that crier has begun on a connection of the application's. Rolls back when it goes,
// unless it was committed. Used by the thread that uses the connection.
class OwnedTransaction {
 public:
  virtual ~OwnedTransaction() = default;
  // Throws crier::Error unless this very transaction is open still, and can be committed.
  virtual void check() = 0;
  // Throws crier::Error if it fails: all is rolled back then, but if the message says that nobody
  // knows.
  virtual void commit() = 0;
};

// Throws crier::Error, and leaves the connection as it was, if there is no connection, it is in a
// transaction already, or none can be begun. What is locked by another writer is retryable.
[[nodiscard]] std::unique_ptr<OwnedTransaction> begin_transaction(ApplicationConnection connection);

// Whether a transaction is open on it. REQUIRES: it is open.
[[nodiscard]] bool is_in_transaction(ApplicationConnection connection);

}  // namespace crier
