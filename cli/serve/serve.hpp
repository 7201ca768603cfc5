// SPDX-License-Identifier: MIT
#pragma once

#include "facts.hpp"
#include "serve/listener.hpp"
#include "session.hpp"

#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

struct ServeSettings {
  ListenAddress listen;
  std::string token_file;           // empty: none
  std::vector<std::string> hosts;   // besides the address itself
  std::optional<std::string> user;  // none: the user of the operating system
  Limits limits;
  bool allow_actions = false;
};

// Serves the pages until it is interrupted. Returns the exit code. Throws crier::Error if it can't
// begin; once it has begun, whatever becomes of the store is told by the pages.
int serve(Session& session, const ServeSettings& settings);

}  // namespace crier::cli
