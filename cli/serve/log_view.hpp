// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "entry_filter.hpp"
#include "names.hpp"
#include "replay.hpp"
#include "serve/layout.hpp"
#include "serve/site.hpp"

#include <string>
#include <vector>

// What several pages show of the log.
namespace crier::cli {

[[nodiscard]] const std::vector<std::string>& entry_titles();
[[nodiscard]] HtmlRow entry_row(const Entry& entry, const Names& names);
[[nodiscard]] Html entry_link(EntryId id);
// Links to what became of the keys that the instruction names, the first few; to the form that asks
// for a key, if it names none.
[[nodiscard]] Html explain_links(const Instruction& instruction);

// The choice that the form of filter_fields() makes. Throws a usage error.
[[nodiscard]] EntryChoice choice_of(const HttpRequest& request, const Names& names);
// The fields of that form; without times, for what is yet to come.
[[nodiscard]] Html filter_fields(const HttpRequest& request, bool has_times);

// Which entries are to be replayed, as arguments and forms say it: ids, or after and through.
[[nodiscard]] ReplayRequest replay_request_of(const HttpFields& fields);
// So many entries at most are replayed at once.
inline constexpr std::size_t kMostReplayed = 1000;

}  // namespace crier::cli
