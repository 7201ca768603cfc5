// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>

#include <string>

namespace crier {

class Dispatcher;
class Position;

// Of a node that only reads: whatever is published is refused, and nothing runs.
class ReadOnlyMessenger final : public ServerMessenger {
 public:
  // `store` names the database.
  ReadOnlyMessenger(std::string store, const Dispatcher& dispatcher, const Position& position);
  EntryId publish(const Publication& publication) override;
  WrittenInTransaction write_in(ApplicationConnection connection,
                                const Publication& publication) override;
  std::optional<EntryId> committed(const Publication& publication,
                                   const WrittenInTransaction& written) override;
  [[nodiscard]] Standing standing(const Guid& refresher, EntryId entry) override;

 private:
  [[noreturn]] void refuse() const;

  const std::string store_;
  const Dispatcher& dispatcher_;
  const Position& position_;
};

}  // namespace crier
