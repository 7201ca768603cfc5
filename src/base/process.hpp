// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <limits>
#include <sys/types.h>
#include <unistd.h>

namespace crier {

// Whether the process of this host that once had `pid` is no more. So it is where the id is our
// own: nobody meets itself, but a container's processes get the same ids after each start.
[[nodiscard]] inline bool process_is_gone(std::int64_t pid) {
  if (pid <= 0) {
    return false;  // no process's: what it stands for is not known
  }
  if (pid == getpid() || pid > std::numeric_limits<pid_t>::max()) {
    return true;
  }
  return kill(static_cast<pid_t>(pid), 0) != 0 && errno == ESRCH;
}

}  // namespace crier
