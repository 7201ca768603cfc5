// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace crier::cli {

// Gets one entry; false ends the walk.
using Visit = std::function<bool(const Entry&)>;

// No entry has an id that is greater.
inline constexpr EntryId kBeyondAll{std::numeric_limits<std::int64_t>::max()};

// Both read in small pages, so that memory does not grow with the log.
// Every entry after `after`, oldest first.
void walk_forward(InstructionLog& log, EntryId after, const Visit& visit);
// Every entry, or every one before `before`, newest first.
void walk_backward(InstructionLog& log, const Visit& visit, EntryId before = kBeyondAll);

// The log does not hold what was asked for, or it is not fit for that: to ask again does not help.
class NotInLog : public Error {
 public:
  enum class Why { missing, unfit };
  NotInLog(std::string operation, const std::string& message, Why why = Why::missing)
      : Error(std::move(operation), message), why_(why) {}
  [[nodiscard]] Why why() const noexcept { return why_; }

 private:
  Why why_;
};

// Throws NotInLog if the id bears a check, and the log holds another entry of that id: the one that
// is meant is of another log, or of this one before it was restored.
void require_in_log(InstructionLog& log, EntryId id);

// "the log holds 3 to 17" or "the log is empty".
[[nodiscard]] std::string extent(InstructionLog& log);

}  // namespace crier::cli
