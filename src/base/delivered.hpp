// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace crier {

// Entries that were written in a transaction of the application's, and whose instructions this node
// has run since: its poller need not run them again. Thread-safe.
class Delivered {
 public:
  // `originated` is of one write alone; `last` is the last of its entries. Forgets writes that the
  // poller has passed: those up to `handled`.
  void add(const std::string& originated, EntryId last, EntryId handled);
  // True if the write was delivered here; forgets it with its last entry.
  [[nodiscard]] bool take(std::string_view originated, EntryId entry);

 private:
  std::mutex mutex_;
  std::map<std::string, EntryId, std::less<>> writes_;  // guarded by mutex_
};

}  // namespace crier
