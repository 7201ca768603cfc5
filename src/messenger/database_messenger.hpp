// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/messenger.hpp>

#include "messenger/group_commit.hpp"
#include "messenger/reconnecting_connection.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace crier {

class Dispatcher;
class LogFollowers;
class OwnEntries;
class Position;
class Reporter;
struct CallContext;

// Delivers locally, then appends to the log.
class DatabaseMessenger final : public ServerMessenger {
 public:
  // `position` is the poller's, which asks `own` about what it finds in the log. `followers` hear
  // of what was published; may be null.
  DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter, OwnEntries& own,
                    const Position& position, EntryLimits limits,
                    const LogFollowers* followers = nullptr);
  EntryId publish(const Publication& publication) override;
  WrittenInTransaction write_in(ApplicationConnection connection,
                                const Publication& publication) override;
  void many_in_transaction(std::size_t entries) override;
  std::optional<EntryId> committed(const Publication& publication,
                                   const WrittenInTransaction& written) override;
  [[nodiscard]] Standing standing(const Guid& refresher, EntryId entry) override;
  // Closes connections that nobody uses now. The next call opens them again.
  void disconnect();

 private:
  [[nodiscard]] CallContext publisher() const;
  // Of so many entries.
  void tell_published(EntryId last, std::size_t entries, const Publication& publication);
  // The ids of its entries, newest first; nothing: it was rolled back. More than there are entries
  // if another process writes under the same origin. Has them handed over, if the store can.
  [[nodiscard]] std::vector<EntryId> ids_of(const WrittenInTransaction& written,
                                            bool& is_handed_over);
  // Whether the poller had passed `id` before it was given to what was written.
  [[nodiscard]] bool was_passed(const WrittenInTransaction& written, EntryId id);

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  OwnEntries& own_;
  const Position& position_;
  const EntryLimits limits_;
  const LogFollowers* const followers_;

  std::atomic<std::uint64_t> writes_ = 0;  // in transactions of the application's
  std::atomic<bool> told_of_many_ = false;
  GroupCommit log_;
  std::mutex settling_mutex_;
  ReconnectingConnection
      settling_;  // guarded by settling_mutex_; apart, so that it waits for no append
  // How far the poller was at a write, if it might have passed what was written: by its origin.
  std::map<std::string, EntryId> behind_;  // guarded by settling_mutex_
};

}  // namespace crier
