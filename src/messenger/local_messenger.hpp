// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/messenger.hpp>

#include <string>

namespace crier {

class Dispatcher;

// A single server: no store is configured, so its own refreshers are all there is.
class LocalMessenger final : public ServerMessenger {
 public:
  LocalMessenger(Dispatcher& dispatcher, std::string originated, EntryLimits limits);
  EntryId publish(const Publication& publication) override;

 private:
  Dispatcher& dispatcher_;
  const std::string originated_;
  const EntryLimits limits_;
};

}  // namespace crier
