// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>
#include <crier/batch.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/messenger.hpp>
#include <crier/registry.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier {

/// A transaction that was committed: DistributedCache::transact() returns it, and nothing else.
/// What fails after the COMMIT is told here, and not thrown: the transaction must not be tried
/// again.
struct Committed {
  std::optional<EntryId> entry;  ///< see TransactionBatch::committed()
  /// A sentence if this node's refreshers have not run yet, or if the id is not known; else empty.
  /// Every node hears of the change all the same.
  std::string trouble;
};

/// Collects instructions, and writes them inside a transaction of the application's: data and
/// instructions are committed together, or not at all. Get it from DistributedCache::batch_in().
///
///   BEGIN, change the data, batch.refresh(…), batch.write(), COMMIT, batch.committed()
///
/// DistributedCache::transact() takes these steps by itself.
/// Used by the thread that uses the connection, which lives as long as this is used; must not
/// outlive the Node that made it. Dropped unless written: then nothing runs anywhere. What was
/// written and committed reaches every node, this one included, also if committed() is never
/// called.
///
/// Few entries of many instructions cost little, many entries cost a lot: collect, and write() once
/// (an entry holds Options::max_instructions_per_entry), or refresh_all if most has changed. In
/// PostgreSQL a COMMIT takes about 25 µs for each entry, 10 s for 400,000, of which others who
/// publish wait for no more than 5,000 entries' part, under 0.3 s. Those beyond 5,000 get their ids
/// later, in portions for which others wait up to 0.7 s: a second for 10,000, a minute for 400,000,
/// until which no node claims to be fresh. In SQLite others wait for the transaction as a whole.
/// Beyond kManyInTransaction entries Options::log gets a warning, once for each start of a node.
class [[nodiscard]] CRIER_EXPORT TransactionBatch final : public Collector {
 public:
  /// Applications call DistributedCache::batch_in() instead.
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
  /// after the leader's next beat). Returns the id of the last entry that was committed: what
  /// Node::wait_everywhere() waits for; without those that were written within a savepoint that was
  /// rolled back. 0 on a single server; nothing if nothing was collected.
  /// Throws an invalid_argument Error that names the step that is missing: it was called before the
  /// COMMIT (call it again after that), after a rollback, twice, or without the last write()
  /// (the batch keeps what was not written; what was written is told all the same). Throws
  /// crier::Error if the node does not run, or if the store could not be asked for the id: the
  /// refreshers have run then. In none of these cases is the COMMIT undone.
  std::optional<EntryId> committed();

  /// Entries of one transaction beyond which the log of the node gets a warning.
  static constexpr std::size_t kManyInTransaction = 10'000;

 private:
  // What was written is committed, or rolled back.
  void forget();

  ApplicationConnection connection_;
  std::vector<std::pair<Publication, WrittenInTransaction>> written_;
  std::size_t entries_ = 0;  // of what is written there
  bool was_told_ = false;    // committed() was called since the last write()
};

}  // namespace crier
