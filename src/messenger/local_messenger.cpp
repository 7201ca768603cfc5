// SPDX-License-Identifier: MIT
#include "messenger/local_messenger.hpp"

#include "messenger/local_delivery.hpp"
#include "refresh/dispatcher.hpp"

#include <chrono>
#include <utility>

namespace crier {

LocalMessenger::LocalMessenger(Dispatcher& dispatcher, std::string originated, EntryLimits limits)
    : dispatcher_(dispatcher), originated_(std::move(originated)), limits_(limits) {}

EntryId LocalMessenger::publish(const Publication& publication) {
  committed(publication, check(publication));
  return {};
}

WrittenInTransaction LocalMessenger::write_in(ApplicationConnection /*connection*/,
                                              const Publication& publication) {
  return check(publication);
}

std::optional<EntryId> LocalMessenger::committed(const Publication& publication,
                                                 const WrittenInTransaction& written) {
  deliver_locally(dispatcher_, publication, originated_, written.chain,
                  {.poller = 0, .position_limit = {}, .alone = true});
  return EntryId{};
}

ServerMessenger::Standing LocalMessenger::standing(const Guid& /*refresher*/, EntryId /*entry*/) {
  const auto now = std::chrono::steady_clock::now();
  return {true, now, now};
}

WrittenInTransaction LocalMessenger::check(const Publication& publication) const {
  WrittenInTransaction nothing;
  nothing.ids.last = EntryId{};
  nothing.chain = dispatcher_.publish_chain();
  static_cast<void>(make_entries(publication.instructions, originated_, limits_));
  return nothing;
}

}  // namespace crier
