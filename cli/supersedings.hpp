// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>
#include <crier/guid.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crier::cli {

// Full refreshes that stand for entries on a node, whether or not it had applied them before.
struct Superseding {
  Guid incarnation;
  EntryId after, through;           // the entries; 0: it is not known after which
  std::chrono::milliseconds at{0};  // since 1970
  std::string reason;               // one of ResyncReason's names: "hole"
};

// Those that the history tells of, in the order in which they were recorded. What an operator has
// asked for is none: the entries before it were applied.
[[nodiscard]] std::vector<Superseding> supersedings_in(std::span<const EventRecord> events);

// The first that stands for `entry` on the node, by what that has told of its positions: one that
// ended between the two marks, by their numbers and their times.
[[nodiscard]] const Superseding* find_superseding(std::span<const Superseding> all,
                                                  const Passage& passage, EntryId entry);

}  // namespace crier::cli
