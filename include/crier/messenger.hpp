// SPDX-License-Identifier: MIT
#pragma once

#include <crier/application_transaction.hpp>
#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/instruction.hpp>
#include <crier/notification.hpp>
#include <crier/refresher.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace crier {

/// One call on the local refresher in place of what the instruction says, if this node holds
/// more than the other nodes will get: an object, or a typed payload.
struct LocalCall {
  MessageType type = MessageType::refresh_by_instance;
  Instance instance;
  std::function<void(CacheRefresher&)> call;
};

/// What is published together, in order. The two vectors are of one size.
struct Publication {
  std::vector<Instruction> instructions;
  /// How each instruction runs here; empty: it is applied as the other nodes will apply it.
  std::vector<std::vector<LocalCall>> local;
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
  /// `written` was committed: runs the local refreshers, unless the poller has done so already, and
  /// wakes the others. Returns the id of the last entry; 0 if there is no log, nothing if it
  /// was not committed after all.
  virtual std::optional<EntryId> committed(const Publication& publication,
                                           const WrittenInTransaction& written) = 0;
};

}  // namespace crier
