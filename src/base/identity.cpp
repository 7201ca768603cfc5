// SPDX-License-Identifier: MIT
#include <crier/identity.hpp>

#include <algorithm>
#include <array>
#include <cctype>
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

std::string cut(std::string text) {
  if (text.size() > kMaxName) {
    std::size_t end = kMaxName;
    // Not in the middle of a UTF-8 character.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
      --end;
    }
    text.resize(end);
  }
  return text;
}

}  // namespace

Identity Identity::of_this_process(std::string application) {
  Identity identity;
  identity.machine = cut(machine_name());
  identity.application = cut(application.empty() ? executable_name() : std::move(application));
  identity.pid = getpid();
  identity.incarnation = Guid::random();
  return identity;
}

std::string Identity::stable_name() const { return machine + "/" + application; }

std::string Identity::originated() const {
  std::string hex = incarnation.to_string();
  std::erase(hex, '-');
  std::transform(hex.begin(), hex.end(), hex.begin(),
                 [](char c) { return static_cast<char>(std::toupper(c)); });
  return stable_name() + " [P" + std::to_string(pid) + "/D1] " + hex;
}

}  // namespace crier
