// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "fate.hpp"
#include "key.hpp"
#include "names.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// A key as somebody writes it: each part with the name of the argument that gives it.
struct WrittenKey {
  struct Part {
    std::string_view argument;
    std::string text;
  };
  Part refresher, key, path;  // no path: anywhere in a payload
};

// Throws a usage error that names the argument if one makes no sense.
[[nodiscard]] Key key_of(const WrittenKey& written, const Names& names);

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
