// SPDX-License-Identifier: MIT
#pragma once

#include "serve/site.hpp"

#include <string>

namespace crier::test {

/// What the pages of one server share, without a server: whoever comes is alice, by the name
/// localhost, and only looks.
[[nodiscard]] inline cli::Site local_site(const std::string& store) {
  return {.access = cli::StoreAccess(open_store(store)),
          .gate = cli::Gate({.hosts = {"localhost"}, .tokens = {}, .user = "alice"}),
          .limits = {},
          .allow_actions = false,
          .originated = "x",
          .say = [](const std::string&) {}};
}

}  // namespace crier::test
