// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>
#include <crier/notification.hpp>
#include <crier/refresher.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crier {

/// One call on the local refresher in place of what the instruction says, if this node holds
/// more than the other nodes will get: an object, or a typed payload.
struct LocalCall {
  MessageType type = MessageType::refresh_by_instance;  ///< what is told of it
  Instance instance;                                    ///< the object, or the payload
  std::function<void(CacheRefresher&)> call;            ///< runs it
};

/// What is done here once a batch was committed: a value that was set in it goes into its cache.
struct AfterCommit {
  Guid refresher;                         ///< for whom, and for which key; with which tags
  std::string key;                        ///< in that refresher's cache
  std::vector<std::string> tags;          ///< of the value
  std::function<void(EntryId last)> run;  ///< throws nothing
};

/// What is published together, in order. The first two vectors are of one size.
struct Publication {
  std::vector<Instruction> instructions;  ///< what the other nodes get
  /// How each instruction runs here; empty: it is applied as the other nodes will apply it.
  std::vector<std::vector<LocalCall>> local;
  std::vector<AfterCommit> after = {};  ///< what is done here after the commit
};

/// Delivers to this node's refreshers, then to the other nodes. Thread-safe.
/// DistributedCache is the face for applications; this is the seam below it.
class CRIER_EXPORT ServerMessenger {
 public:
  virtual ~ServerMessenger() = default;
  /// Runs the local refreshers on the caller's thread, then makes the instructions durable for the
  /// others, in one transaction. A local refresher that throws does not stop the publish. Returns
  /// the id of the last entry written; 0 if there is no log. Throws crier::Error if the
  /// instructions are refused (nothing has run then) or can't be written (local refreshers have
  /// run). REQUIRES: at least one instruction; refreshers that are registered.
  virtual EntryId publish(const Publication& publication) = 0;
  /// See TransactionBatch: writes in the transaction that is open on `connection`, and runs
  /// nothing.
  virtual WrittenInTransaction write_in(ApplicationConnection connection,
                                        const Publication& publication) = 0;
  /// A transaction has come to this many entries, which is more than others should have to wait
  /// for.
  virtual void many_in_transaction(std::size_t /*entries*/) {}
  /// `written` was committed: runs the local refreshers, unless the poller has done so already, and
  /// wakes the others. Returns the id of the last entry; 0 if there is no log, nothing if it
  /// was not committed after all.
  virtual std::optional<EntryId> committed(const Publication& publication,
                                           const WrittenInTransaction& written) = 0;
  /// How fresh one refresher's cache is here, whatever holds up others: whether it has applied
  /// `entry` and all before it, and since when it was known to be up to date with the log.
  struct Standing {
    bool has_entry = true;  ///< it has applied the entry, and all before it
    std::chrono::steady_clock::time_point proved_at;  ///< when it was known to be up to date
    std::chrono::steady_clock::time_point asked_at;   ///< now, by the node's clock
  };
  /// Of a registered refresher. Asks nothing of the database.
  [[nodiscard]] virtual Standing standing(const Guid& refresher, EntryId entry) = 0;
};

}  // namespace crier
