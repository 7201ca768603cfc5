// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_cache.hpp>

#include "session.hpp"

#include <memory>
#include <string>

namespace crier::cli {

// The shared cache that the session's URL names. A database is looked at first: what it says of
// itself is clearer than a statement that fails.
[[nodiscard]] std::unique_ptr<SharedCache> open_cache(const Session& session,
                                                      const SharedCacheOptions& options = {});

struct KeysArguments {
  std::string prefix;
  std::string limit = "1000";
  bool yes = false;
};

// `cache list` and `cache clear`.
int run_cache_list(Session& session, const KeysArguments& given);
int run_cache_clear(Session& session, const KeysArguments& given);

}  // namespace crier::cli
