// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/entry.hpp>
#include <crier/observer.hpp>

#include "base/own_entries.hpp"
#include "poller/fenced_progress.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace crier {

// What a node missed, and why.
struct Discontinuity {
  ResyncReason reason = ResyncReason::hole;
  std::string detail;         // a sentence with the numbers
  bool is_other_log = false;  // the cursor's place means nothing there
  EntryId entry = {};         // cloned: the other's
};

// What the log must still hold: the newest entry that this node has seen or written by any way.
struct Anchor {
  const ReadProgress& reading;
  OwnEntries& own;
  EntryId written;  // the newest of `own`, as of before the look
};

// Compares what was read after the cursor with what this node knows. Ids become visible in their
// order and without holes (store.hpp), so a row that is gone, changed or left out means that this
// node missed something. What tells of a log that was restored or made anew:
//   the cursor's row, by its fingerprint            what was read and handed on
//   the row that is under way, the same way         what was handed on in part
//   the ids that were given to this node            what it has published, or has committed in a
//                                                   transaction of the application's
//   the page's lineage                              what a load may have seen, and no look has: in
//                                                   SQLite a backup that is restored in place, in
//                                                   PostgreSQL tables that were made anew
//   the version of the log's end                    the same, in PostgreSQL, if rows were deleted
//                                                   and the counter was set back
// A file or a server that was replaced is told by the store itself. Cursor 0 has no row.
// Asks the log how far it was pruned. Throws crier::Error.
[[nodiscard]] std::optional<Discontinuity> find_break(const Anchor& anchor, const Page& page,
                                                      InstructionLog& log);

// Whether more than `limit` instructions may follow the page's anchor; false: they don't, and
// nobody need count them.
[[nodiscard]] bool may_exceed(const Page& page, std::size_t limit);

}  // namespace crier
