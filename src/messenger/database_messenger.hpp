// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/messenger.hpp>
#include <crier/store.hpp>

#include <memory>
#include <mutex>
#include <span>
#include <string>

namespace crier {

class Dispatcher;
class Reporter;

// Delivers locally, then appends to the log. Callers share one connection; it is opened by the
// first publish, and opened again by the next one after an error that is not merely retryable.
class DatabaseMessenger final : public ServerMessenger {
 public:
  DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter,
                    std::string originated, EntryLimits limits);
  EntryId publish(const Publication& publication) override;

 private:
  EntryId append(std::span<const NewEntry> entries);

  Store& store_;
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  const std::string originated_;
  const EntryLimits limits_;

  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;  // guarded by mutex_
};

}  // namespace crier
