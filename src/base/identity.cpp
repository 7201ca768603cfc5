// SPDX-License-Identifier: MIT
#include <crier/admin/identity.hpp>

#include "base/hex.hpp"
#include "base/utf8.hpp"

#include <array>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unistd.h>

namespace crier {

namespace {

// Umbraco's column is 500 characters long; pid, brackets and GUID take up to 64 of them.
constexpr std::size_t kMaxName = 215;

std::string machine_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') {
    return "localhost";
  }
  return name.data();
}

std::string executable_name() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error || path.filename().empty() ? "crier" : path.filename().string();
}

}  // namespace

Identity Identity::of_this_process(const std::string& application) {
  Identity identity;
  identity.machine = valid_text(machine_name(), kMaxName);
  identity.application =
      valid_text(application.empty() ? executable_name() : application, kMaxName);
  identity.pid = getpid();
  identity.incarnation = Guid::random();
  return identity;
}

std::string Identity::stable_name() const { return machine + "/" + application; }

std::string Identity::originated() const {
  std::string text = stable_name() + " [P" + std::to_string(pid) + "/D1] ";
  for (const std::uint8_t byte : incarnation.bytes()) {
    append_hex(text, byte, kUpperHexDigits);
  }
  return text;
}

}  // namespace crier
