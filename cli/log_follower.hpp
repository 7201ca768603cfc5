// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/log.hpp>
#include <crier/entry.hpp>

#include "log_walk.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace crier::cli {

// Where somebody stands who follows a log.
class LogFollower {
 public:
  enum class Step : std::uint8_t {
    nothing,  // there was nothing new
    more,     // there may be more
    refused,  // `visit` said so
  };
  // Gets a sentence.
  using Say = std::function<void(const std::string&)>;

  LogFollower() = default;  // before the first entry
  // After that entry, whichever it is.
  explicit LogFollower(EntryId after) : position_(after) {}
  explicit LogFollower(const Cursor& cursor) { move_to(cursor); }

  // Shows `visit` what has come, as far as one read brings it. Tells of holes, and of a log that
  // was replaced: then it goes on from its newest entry. Throws crier::Error.
  Step step(InstructionLog& log, const Visit& visit, const Say& say);
  [[nodiscard]] EntryId position() const { return position_; }

 private:
  bool is_replaced(InstructionLog& log, const Page& page, const Say& say);
  void move_to(const Cursor& cursor);

  EntryId position_;                   // the last entry that was shown
  std::optional<Fingerprint> anchor_;  // of that entry, once it was seen
};

}  // namespace crier::cli
