// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>

#include <string>

namespace crier {

// Of a node that only reads: whatever is published is refused, and nothing runs.
class ReadOnlyMessenger final : public ServerMessenger {
 public:
  // `store` names the database.
  explicit ReadOnlyMessenger(std::string store);
  EntryId publish(const Publication& publication) override;
  WrittenInTransaction write_in(ApplicationConnection connection,
                                const Publication& publication) override;
  std::optional<EntryId> committed(const Publication& publication,
                                   const WrittenInTransaction& written) override;

 private:
  [[noreturn]] void refuse() const;

  const std::string store_;
};

}  // namespace crier
