// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <stdexcept>
#include <string>

namespace crier {

/// The one exception that crier throws. There is no tree of classes: a caller acts on the
/// properties. `what()` is a whole sentence that names the store and says what to do.
class CRIER_EXPORT Error : public std::runtime_error {
 public:
  /// What an error says of itself besides its message.
  enum class Kind {
    failed,            ///< the operation failed; trying again will not help by itself
    retryable,         ///< a lock, a deadline: the same call may succeed later
    invalid_argument,  ///< the caller's input is wrong; nothing was done
    replaced,          ///< what was open is no longer the database at its path: reopen it
  };

  /// `operation` is the verb that failed, as in "append" or "open".
  Error(std::string operation, const std::string& message, Kind kind = Kind::failed)
      : std::runtime_error(message), operation_(std::move(operation)), kind_(kind) {}

  /// The verb that failed. Lives as long as the error.
  [[nodiscard]] const std::string& operation() const noexcept { return operation_; }
  /// True if the same call may succeed later without any change by the caller.
  [[nodiscard]] bool retryable() const noexcept { return kind_ == Kind::retryable; }
  /// True if the caller's input was wrong. Nothing was written.
  [[nodiscard]] bool invalid_argument() const noexcept { return kind_ == Kind::invalid_argument; }
  /// True if the database that was open has been moved, removed, truncated or replaced: what was
  /// read from it says nothing about the one that is there now. Nothing was written.
  [[nodiscard]] bool replaced() const noexcept { return kind_ == Kind::replaced; }

 private:
  std::string operation_;
  Kind kind_;
};

}  // namespace crier
