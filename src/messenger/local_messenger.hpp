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
  WrittenInTransaction write_in(ApplicationConnection connection,
                                const Publication& publication) override;
  std::optional<EntryId> committed(const Publication& publication,
                                   const WrittenInTransaction& written) override;
  [[nodiscard]] Standing standing(const Guid& refresher, EntryId entry) override;

 private:
  // Refuses what a log would refuse, so that a program meets its limits before it has a second
  // node.
  [[nodiscard]] WrittenInTransaction check(const Publication& publication) const;

  Dispatcher& dispatcher_;
  const std::string originated_;
  const EntryLimits limits_;
};

}  // namespace crier
