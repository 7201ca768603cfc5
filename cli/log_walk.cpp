// SPDX-License-Identifier: MIT
#include "log_walk.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

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

void walk_backward(InstructionLog& log, const Visit& visit, EntryId before) {
  // Pages are read forward, which has a bound in bytes and uses memory again: each is of a window
  // of ids that is visited from its end.
  constexpr std::int64_t kWidest = 1024;
  std::int64_t width = 8;  // at first: most look for a few of the newest
  Page page;
  for (std::int64_t end = std::min(log.newest().id.value, before.value - 1); end > 0;) {
    const EntryId after{std::max<std::int64_t>(end - width, 0)};
    log.read_after(after, {.entries = static_cast<std::size_t>(end - after.value)}, page);
    const bool is_cut = page.more && !page.entries.empty() && page.entries.back().id.value < end;
    if (is_cut) {  // an entry may hold megabytes, so that one is read in any case
      width = std::max<std::int64_t>(width / 2, 1);
      continue;
    }
    bool any = false;
    for (auto entry = page.entries.rbegin(); entry != page.entries.rend(); ++entry) {
      if (entry->id.value > end) {
        continue;
      }
      any = true;
      if (!visit(*entry)) {
        return;
      }
    }
    end = after.value;
    if (!any) {  // ids may be far apart in another program's table
      const std::vector<Entry> next = log.read_before({end + 1}, 1);
      end = next.empty() ? 0 : next.front().id.value;
    }
    width = std::min(width * 2, kWidest);
  }
}

void require_in_log(InstructionLog& log, EntryId id) {
  if (id.check == 0) {
    return;
  }
  const std::optional<Cursor> here = log.heads(id).here;
  if (here && id.with(here->fingerprint).check != id.check) {
    throw NotInLog("read", "entry " + id.to_string() +
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
