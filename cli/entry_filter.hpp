// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include "names.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace crier::cli {

// Which entries a list shows.
struct EntryChoice {
  std::optional<Guid> refresher;
  std::string origin;              // a part of the origin, or of the node's name, in any case
  std::optional<std::int64_t> id;  // with an instruction for this id ...
  std::optional<Guid> guid;        // ... or this GUID
  std::optional<std::chrono::milliseconds> since, until;  // since 1970; both count
  bool canaries = false;  // those that the leader sends now and then, too
};

// Chooses, and counts what it leaves out without having been asked to.
class EntryFilter {
 public:
  // `names` outlives it.
  EntryFilter(EntryChoice choice, const Names& names) : choice_(std::move(choice)), names_(names) {}

  [[nodiscard]] bool matches(const Entry& entry);
  // "2 canaries are left out (see all with --all)"; empty: nothing was.
  [[nodiscard]] std::string left_out(const std::string& how_to_see = "see all with --all") const;
  // From here on nothing has been left out.
  void forget_left_out() { canaries_ = undated_ = 0; }

 private:
  [[nodiscard]] bool is_in_time(const Entry& entry);
  [[nodiscard]] bool is_of_origin(const Entry& entry) const;
  [[nodiscard]] bool concerns(const Entry& entry) const;

  EntryChoice choice_;
  const Names& names_;
  std::size_t canaries_ = 0;
  std::size_t undated_ = 0;
};

// An entry without effect that the leader sends now and then.
[[nodiscard]] bool is_canary(const Entry& entry);

}  // namespace crier::cli
