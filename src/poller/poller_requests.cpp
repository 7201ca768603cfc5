// SPDX-License-Identifier: MIT
// What operators ask of nodes by an entry of the log.
#include "base/reporter.hpp"
#include "poller/poller.hpp"
#include "poller/resync_requests.hpp"
#include "refresh/dispatcher.hpp"

#include <set>
#include <string>

namespace crier {

// By jobs, as with a resync: what fails is run again until it works, and quarantined by nobody.
void Poller::take(const ResyncRequest& request, const Source& source) {
  const std::set<Guid> asked = refreshers_asked_by(request, settings_.name, dispatcher_.registry());
  for (const Guid& refresher : asked) {
    dispatcher_.refresh(refresher, source, reading_.cursor);
  }
  const bool is_told = reading_.resync && reading_.resync->entry == source.entry;
  if (asked.empty() || !request.refresher.empty() || is_told) {
    return;
  }
  reading_.resync =
      Resync{ResyncReason::asked, "asked for by " + std::string(source.originated), source.entry};
  if (keep()) {  // before it is told: see begin_resync()
    reporter_.missed({reading_.cursor.id, source.entry}, ResyncReason::asked);
  }
}

// Kept first: whoever hangs in it hangs but once.
void Poller::take_audit(const Instruction& request, EntryId entry) {
  if (keep()) {
    settings_.audit(request, entry);
  }
}

}  // namespace crier
