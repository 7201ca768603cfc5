// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>
#include <crier/batch.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/messenger.hpp>
#include <crier/registry.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace crier {

/// Collects instructions, and writes them inside a transaction of the application's: data and
/// instructions are committed together, or not at all. Get it from DistributedCache::batch_in().
///
///   BEGIN, change the data, batch.refresh(…), batch.write(), COMMIT, batch.committed()
///
/// Used by the thread that uses the connection; must not outlive the Node that made it, nor
/// write() the connection. Dropped unless written: then nothing runs anywhere. What was written and
/// committed reaches every node, this one included, also if committed() is never called.
class [[nodiscard]] CRIER_EXPORT TransactionBatch final : public Collector {
 public:
  TransactionBatch(const Registry& registry, ServerMessenger& messenger,
                   ApplicationConnection connection)
      : Collector(registry, messenger), connection_(connection) {}

  /// Writes what was collected since the last write() as one entry (or several, as a Batch does).
  /// Returns the id that the last will have once the application commits; nothing if there was
  /// nothing to write, or if ids are given at the commit, as in PostgreSQL. Throws as
  /// Store::append_in() does; the batch then keeps its instructions, and write() may be tried
  /// again.
  std::optional<EntryId> write();

  /// The application has committed: runs this node's refreshers for what was written, on the
  /// caller's thread, and wakes the other nodes. Without it both happen within
  /// Options::poll_interval (of what PostgreSQL's REPEATABLE READ or SERIALIZABLE has committed:
  /// after the leader's next beat). Not to be called if the application has rolled back. Returns
  /// the id of the last entry: what Node::wait_everywhere() waits for. 0 on a single server;
  /// nothing if nothing was committed. Throws crier::Error if the node does not run, or if
  /// the store could not be asked for the id: the refreshers have run then.
  std::optional<EntryId> committed();

 private:
  ApplicationConnection connection_;
  std::vector<std::pair<Publication, WrittenInTransaction>> written_;
};

}  // namespace crier
