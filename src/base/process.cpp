// SPDX-License-Identifier: MIT
#include "base/process.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <unistd.h>

namespace crier {

namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator(file), {}};
}

std::string boot() {
  std::string id = content_of("/proc/sys/kernel/random/boot_id");
  std::erase(id, '\n');
  return id;
}

std::string pid_namespace() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

// In ticks since the boot, the 22nd field of its line; empty if there is no such process, or
// only its remains that nobody has reaped.
std::string begin_of(std::string_view pid) {
  constexpr int kFieldsBetween = 20;
  const std::string stat = content_of("/proc/" + std::string(pid) + "/stat");
  // The second field is the program's name, which may hold anything.
  std::size_t at = stat.rfind(')');
  if (stat.compare(std::min(at, stat.size()), 3, ") Z") == 0) {
    return {};
  }
  for (int field = 0; field < kFieldsBetween && at != std::string::npos; ++field) {
    at = stat.find(' ', at + 1);
  }
  return at == std::string::npos ? std::string()
                                 : stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

// "<boot> <namespace> " of this process; empty if it is not known.
std::string surroundings() {
  const std::string machine = boot(), space = pid_namespace();
  return machine.empty() || space.empty() ? std::string() : machine + " " + space + " ";
}

}  // namespace

std::string this_process() {
  const std::string around = surroundings();
  const std::string pid = std::to_string(getpid());
  const std::string begin = begin_of(pid);
  return around.empty() || begin.empty() ? std::string() : around + pid + " " + begin;
}

bool process_is_gone(std::string_view process) {
  const std::string around = surroundings();
  if (around.empty() || !process.starts_with(around)) {
    return false;
  }
  const std::string_view rest = process.substr(around.size());
  const std::size_t space = rest.find(' ');
  return space != std::string_view::npos &&
         begin_of(rest.substr(0, space)) != rest.substr(space + 1);
}

}  // namespace crier
