// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/guid.hpp>

#include <cstdint>
#include <string>

namespace crier {

/// Who writes: one incarnation of a process. A plain value.
struct CRIER_EXPORT Identity {
  std::string machine;      ///< the host's name
  std::string application;  ///< the program's name
  std::int64_t pid = 0;     ///< of the process
  Guid incarnation;         ///< new with each start

  /// Of this process, with a new incarnation. An empty `application` means the executable's name.
  [[nodiscard]] static Identity of_this_process(const std::string& application = {});

  /// "<machine>/<application>": the same after a restart.
  [[nodiscard]] std::string stable_name() const;
  /// "<machine>/<application> [P<pid>/D1] <32 hex, upper case>", Umbraco's form. Rows are one's own
  /// if this text is equal byte by byte. At most 500 bytes: a long machine or application name
  /// is cut.
  [[nodiscard]] std::string originated() const;
};

}  // namespace crier
