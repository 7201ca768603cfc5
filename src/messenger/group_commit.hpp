// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "messenger/reconnecting_connection.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

namespace crier {

class OwnEntries;

// Appends for any number of threads through one connection. What arrives while a transaction is
// under way shares the next one: whoever finds nobody at work commits for all who wait. There is no
// timer, and one that comes alone waits for nothing. A call ends within two of the store's
// deadlines: that of the transaction under way, and its own. The connection is opened by the first
// append, and again after an error that is not merely retryable.
class GroupCommit {
 public:
  // `own` learns which ids were given.
  GroupCommit(Store& store, OwnEntries& own) : connection_(store), own_(own) {}

  // Appends all of `entries` or none; returns the id of the last once they are committed, with its
  // check if it could be read. The ids are consecutive. Throws crier::Error. REQUIRES: at least one
  // entry.
  EntryId append(std::vector<NewEntry> entries);

  // Closes the connection, unless an append is under way. The next one opens it.
  void disconnect();

  // How many callers wait for a transaction that is under way to end.
  [[nodiscard]] std::size_t waiting() const;

 private:
  enum class Turn { waits, works, done };
  // One caller's entries, until they are committed or refused.
  struct Request {
    std::vector<NewEntry> entries;
    EntryId last = {};
    std::exception_ptr error = nullptr;
    std::atomic<Turn> turn = Turn::waits;
  };

  // Commits for all who wait, and hands the work on to one who has come meanwhile.
  void work(const Request& own);

  // Those who were released last have more to append, more often than not, and are not here yet:
  // without this they would miss each other's transactions, and every second one be half empty.
  void let_them_return(std::unique_lock<std::mutex>& lock);
  void commit(std::span<Request* const> group);
  // All in one transaction; false if it failed and each is to be tried by itself.
  bool commit_together(std::span<Request* const> group);
  void commit_alone(Request& request);
  // Returns the ids with their checks.
  std::vector<EntryId> write(std::span<const NewEntry> entries);

  ReconnectingConnection connection_;  // of the one at work
  OwnEntries& own_;

  mutable std::mutex mutex_;
  std::vector<Request*> waiting_;  // guarded by mutex_, as are the next
  std::size_t expected_ = 0;       // callers, if those who were released last come again
  bool at_work_ = false;
  // How many transactions have ended. Those who wait sleep on it, and wake without the mutex: they
  // would queue for it.
  std::atomic<std::uint32_t> rounds_ = 0;
};

}  // namespace crier
