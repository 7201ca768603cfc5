// SPDX-License-Identifier: MIT
#include "user.hpp"

#include <crier/admin/identity.hpp>

#include <pwd.h>
#include <unistd.h>

namespace crier::cli {

std::string user_at_host() {
  const passwd* const user = getpwuid(geteuid());  // NOLINT(concurrency-mt-unsafe): one thread
  return (user == nullptr ? "uid " + std::to_string(geteuid()) : std::string(user->pw_name)) + "@" +
         Identity::of_this_process("crier").machine;
}

}  // namespace crier::cli
