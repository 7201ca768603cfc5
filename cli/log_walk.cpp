// SPDX-License-Identifier: MIT
#include "log_walk.hpp"

#include <crier/error.hpp>

#include <limits>

namespace crier::cli {

void walk_forward(InstructionLog& log, EntryId after, const Visit& visit) {
  while (true) {
    const Page page = log.read_after(after);
    if (page.entries.empty()) {
      return;
    }
    for (const Entry& entry : page.entries) {
      if (!visit(entry)) {
        return;
      }
    }
    after = page.entries.back().id;
  }
}

void walk_backward(InstructionLog& log, const Visit& visit) {
  // This read has no bound in bytes, and an entry may hold megabytes.
  constexpr std::size_t kPage = 8;
  EntryId before{std::numeric_limits<std::int64_t>::max()};
  while (true) {
    const std::vector<Entry> entries = log.read_before(before, kPage);
    if (entries.empty()) {
      return;
    }
    for (const Entry& entry : entries) {
      if (!visit(entry)) {
        return;
      }
    }
    before = entries.back().id;
  }
}

void require_in_log(InstructionLog& log, EntryId id) {
  if (id.check == 0) {
    return;
  }
  const std::optional<Cursor> here = log.heads(id).here;
  if (here && id.with(here->fingerprint).check != id.check) {
    throw Error("read", "entry " + id.to_string() +
                            " is not in this log, which holds another one of that id: it is of "
                            "another log, or this one was restored");
  }
}

std::string extent(InstructionLog& log) {
  const std::optional<LogBounds> bounds = log.bounds();
  if (!bounds) {
    return "the log is empty";
  }
  return "the log holds " + std::to_string(bounds->oldest.value) + " to " +
         std::to_string(bounds->newest.value);
}

}  // namespace crier::cli
