// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/messenger.hpp>
#include <crier/store.hpp>

#include "messenger/group_append.hpp"

#include <string>

namespace crier {

class Dispatcher;
class Reporter;

// Delivers locally, then appends to the log.
class DatabaseMessenger final : public ServerMessenger {
 public:
  DatabaseMessenger(Store& store, Dispatcher& dispatcher, Reporter& reporter,
                    std::string originated, EntryLimits limits);
  EntryId publish(const Publication& publication) override;

 private:
  Dispatcher& dispatcher_;
  Reporter& reporter_;
  const std::string originated_;
  const EntryLimits limits_;

  GroupAppend log_;
};

}  // namespace crier
