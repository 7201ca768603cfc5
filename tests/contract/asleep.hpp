// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <string>
#include <sys/types.h>

namespace crier::test {

/// Whether the thread sleeps, and not only is about to: a ring that comes before is no wake-up.
inline bool sleeps(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string pid;
  std::string name;
  char state = 0;
  return stat >> pid >> name >> state && state == 'S';
}

}  // namespace crier::test
