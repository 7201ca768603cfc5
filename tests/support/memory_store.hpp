// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>
#include <crier/store.hpp>

#include "base/local_wakeup.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {

/// A log in memory, for tests that step the code by hand: rows can be put, changed and dropped as
/// no honest store would, and any call can be made to fail or to do something first.
class MemoryStore final : public Store {
 public:
  /// Appends as another writer would; returns the id.
  EntryId write(std::string originated, std::string json, std::int64_t count = 1);
  void put(Entry entry);
  void drop(EntryId id);
  void clear();
  [[nodiscard]] std::vector<Entry> rows() const;

  /// Called with the operation's name ("connect", "append", "read_after", "backlog", "newest")
  /// before each one, under no lock; what it throws leaves the operation.
  std::function<void(std::string_view)> before;
  /// How often connect() was called.
  int connects = 0;

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override;
  [[nodiscard]] Wakeup& wakeup() noexcept override { return wakeup_; }

 private:
  friend class MemoryLog;
  void begin(std::string_view operation) const;

  const std::string name_ = "memory";
  LocalWakeup wakeup_;
  mutable std::mutex mutex_;
  std::vector<Entry> rows_;  // guarded by mutex_, as is next_id_
  std::int64_t next_id_ = 1;
};

}  // namespace crier::test
