// SPDX-License-Identifier: MIT
#include "messenger/local_messenger.hpp"

#include "messenger/local_delivery.hpp"
#include "refresh/dispatcher.hpp"

#include <utility>

namespace crier {

LocalMessenger::LocalMessenger(Dispatcher& dispatcher, std::string originated, EntryLimits limits)
    : dispatcher_(dispatcher), originated_(std::move(originated)), limits_(limits) {}

EntryId LocalMessenger::publish(const Publication& publication) {
  check(publication);
  committed(publication, {});
  return {};
}

WrittenInTransaction LocalMessenger::write_in(ApplicationConnection /*connection*/,
                                              const Publication& publication) {
  check(publication);
  WrittenInTransaction nothing;
  nothing.ids.last = EntryId{};
  return nothing;
}

std::optional<EntryId> LocalMessenger::committed(const Publication& publication,
                                                 const WrittenInTransaction& /*written*/) {
  const PublishDepth depth;
  deliver_locally(dispatcher_, publication, originated_,
                  {.poller = 0, .position_limit = {}, .alone = true});
  return EntryId{};
}

void LocalMessenger::check(const Publication& publication) const {
  static_cast<void>(make_entries(publication.instructions, originated_, limits_));
}

}  // namespace crier
