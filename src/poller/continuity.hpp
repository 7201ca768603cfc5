// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/entry.hpp>
#include <crier/observer.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace crier {

// What a node missed, and why.
struct Discontinuity {
  ResyncReason reason = ResyncReason::hole;
  std::string detail;         // a sentence with the numbers
  bool is_other_log = false;  // the cursor's place means nothing there
};

// Compares what was read after `cursor` with the cursor. Ids become visible in their order and
// without holes (store.hpp), so a row that is gone, changed or left out means that this node missed
// something. Cursor 0 has no row. Asks the log how far it was pruned. Throws crier::Error.
[[nodiscard]] std::optional<Discontinuity> find_break(const Cursor& cursor, const Page& page,
                                                      InstructionLog& log);

// Whether more than `limit` instructions may follow the page's anchor; false: they don't, and
// nobody need count them.
[[nodiscard]] bool may_exceed(const Page& page, std::size_t limit);

}  // namespace crier
