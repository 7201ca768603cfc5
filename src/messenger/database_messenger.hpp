// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/messenger.hpp>

#include "messenger/group_commit.hpp"
#include "messenger/reconnecting_connection.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace crier {

class Delivered;
class Dispatcher;
class Position;
class Reporter;
struct CallContext;

// Delivers locally, then appends to the log.
class DatabaseMessenger final : public ServerMessenger {
 public:
  // `position` is the poller's, which asks `delivered` about what bears `originated` and a number.
  DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter, Delivered& delivered,
                    const Position& position, std::string originated, EntryLimits limits);
  EntryId publish(const Publication& publication) override;
  WrittenInTransaction write_in(ApplicationConnection connection,
                                const Publication& publication) override;
  std::optional<EntryId> committed(const Publication& publication,
                                   const WrittenInTransaction& written) override;

 private:
  [[nodiscard]] CallContext publisher() const;
  // Its last entry, if the store gave no ids before the commit; nothing: it was rolled back.
  [[nodiscard]] std::optional<EntryId> last_of(const WrittenInTransaction& written);

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  Delivered& delivered_;
  const Position& position_;
  const std::string originated_;
  const EntryLimits limits_;

  std::atomic<std::uint64_t> writes_ = 0;  // in transactions of the application's
  GroupCommit log_;
  std::mutex settling_mutex_;
  ReconnectingConnection
      settling_;  // guarded by settling_mutex_; apart, so that it waits for no append
};

}  // namespace crier
