// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace crier::postgres {

// By which one log is told from another under the same name. What is empty is not known: a standby
// does not tell its timeline, and a database that was not migrated has no log.
struct LogIdentity {
  std::string system;    // made with the server's data directory
  std::string timeline;  // another one after each restore and each failover
  std::string log;       // made with the tables
};

// The log that a store's connections have met. If one of them meets another log, the reader of
// the log hears of it once. Thread-safe.
class Lineage {
 public:
  void met(const LogIdentity& now) {
    const std::lock_guard lock(mutex_);
    // Of several differences the first explains the others.
    if (differ(known_.system, now.system)) {
      change_ = "another server answers under this name";
    } else if (differ(known_.timeline, now.timeline)) {
      change_ = "the server was restored, or another one took over";
    } else if (differ(known_.log, now.log)) {
      change_ = "the tables were made anew, or restored from a backup";
    }
    learn(known_.system, now.system);
    learn(known_.timeline, now.timeline);
    learn(known_.log, now.log);
  }

  // The log that was met last.
  [[nodiscard]] std::string log() const {
    const std::lock_guard lock(mutex_);
    return known_.log;
  }

  // What has changed since it was last asked for.
  [[nodiscard]] std::optional<std::string> take_change() {
    const std::lock_guard lock(mutex_);
    return std::exchange(change_, std::nullopt);
  }

 private:
  static bool differ(const std::string& known, const std::string& now) {
    return !known.empty() && !now.empty() && known != now;
  }
  static void learn(std::string& known, const std::string& now) {
    if (!now.empty()) {
      known = now;
    }
  }

  mutable std::mutex mutex_;
  LogIdentity known_;                  // guarded by mutex_, as is the one below
  std::optional<std::string> change_;  // nobody has heard of it yet
};

}  // namespace crier::postgres
