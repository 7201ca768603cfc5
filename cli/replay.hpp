// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/entry.hpp>
#include <crier/guid.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

// What the parts of a request are called where it is made.
struct ReplayWords {
  std::string id = "ID", after = "--after", through = "--through", refresher = "--refresher";
};

// Which entries are to be replayed, as a person names them.
struct ReplayRequest {
  std::vector<std::string> ids;
  std::optional<std::string> after;  // or all after this one ...
  std::optional<std::string> through;
  std::optional<std::string> refresher;  // only the instructions for this one, by name or GUID
  ReplayWords words = {};
};

// What a replay appends: the instructions of old entries, as new ones.
struct Replay {
  std::vector<EntryId> old_ids;   // one for each of `entries`
  std::vector<NewEntry> entries;  // none: the old ones hold nothing for `refresher`
  std::vector<EntryId> left_out;  // old ones that hold nothing for it
  std::optional<Guid> refresher;
};

// Reads what `request` names; `originated` is who replays it. Writes nothing. Throws a usage error
// if the request makes no sense, or names more than `most` entries, NotInLog if one is missing or
// can't be replayed, and another crier::Error if it can't look.
[[nodiscard]] Replay read_replay(Connection& connection, const ReplayRequest& request,
                                 const std::string& originated,
                                 std::size_t most = std::numeric_limits<std::size_t>::max());

}  // namespace crier::cli
