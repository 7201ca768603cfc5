// SPDX-License-Identifier: MIT
#include "base/process.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace crier {

namespace {

std::string boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::string pid_namespace() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/ns/pid", error).string();
}

// In ticks since the boot, the 22nd field of its line; empty if there is no such process, or
// only its remains that nobody has reaped. Nullopt if that can't be told.
std::optional<std::string> begin_of(pid_t pid) {
  constexpr int kFieldsBetween = 20;
  errno = 0;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  if (!file) {
    // Of another user's process nothing may be shown (hidepid, as ProtectProc= of systemd).
    const bool is_gone = errno == ENOENT && kill(pid, 0) != 0 && errno == ESRCH;
    return is_gone ? std::optional<std::string>("") : std::nullopt;
  }
  const std::string stat{std::istreambuf_iterator(file), {}};
  // The second field is the program's name, which may hold anything.
  std::size_t at = stat.rfind(')');
  if (stat.compare(std::min(at, stat.size()), 3, ") Z") == 0) {
    return "";
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

// A number above zero, and no more than that: it comes from a row.
std::optional<pid_t> pid_of(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc() && end == text.data() + text.size() && pid > 0 ? std::optional(pid)
                                                                             : std::nullopt;
}

}  // namespace

std::string this_process() {
  const std::string around = surroundings();
  const std::string begin = begin_of(getpid()).value_or("");
  return around.empty() || begin.empty() ? std::string()
                                         : around + std::to_string(getpid()) + " " + begin;
}

bool process_is_gone(std::string_view process) {
  const std::string around = surroundings();
  if (around.empty() || !process.starts_with(around)) {
    return false;
  }
  const std::string_view rest = process.substr(around.size());
  const std::size_t space = std::min(rest.find(' '), rest.size());
  const std::string_view began = rest.substr(std::min(space + 1, rest.size()));
  const std::optional<pid_t> pid = pid_of(rest.substr(0, space));
  if (!pid || began.empty() || !std::ranges::all_of(began, is_ascii_digit)) {
    return false;
  }
  const std::optional<std::string> begin = begin_of(*pid);
  return begin && *begin != began;
}

}  // namespace crier
