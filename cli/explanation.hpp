// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "fate.hpp"
#include "key.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace crier::cli {

// What is asked about a key.
struct ExplainQuery {
  Key key;
  std::optional<std::chrono::milliseconds> since, until;  // since 1970; both count
  std::size_t limit = 20;                                 // the newest so many
  bool utc = false;                                       // of times in details
};

// An entry that concerns the key, and what became of it on each node.
struct Explained {
  Concerned concerned;
  std::vector<NodeFate> nodes;
};

// Oldest first. Nothing if `go_on` says no, which is asked now and then: a part of the log is no
// answer. An entry whose stamp is no time is as likely to be of the asked time as not, and is
// there. An entry that no node can read counts as long as it stands in the quarantine. Throws
// crier::Error.
[[nodiscard]] std::optional<std::vector<Explained>> explain(Connection& connection,
                                                            const ExplainQuery& query,
                                                            const std::function<bool()>& go_on);

}  // namespace crier::cli
