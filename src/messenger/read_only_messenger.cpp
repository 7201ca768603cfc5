// SPDX-License-Identifier: MIT
#include "messenger/read_only_messenger.hpp"

#include <crier/error.hpp>

#include "refresh/dispatcher.hpp"

#include <utility>

namespace crier {

ReadOnlyMessenger::ReadOnlyMessenger(std::string store, const Dispatcher& dispatcher,
                                     const Position& position)
    : store_(std::move(store)), dispatcher_(dispatcher), position_(position) {}

ServerMessenger::Standing ReadOnlyMessenger::standing(const Guid& refresher, EntryId entry) {
  return dispatcher_.standing(refresher, entry, position_);
}

EntryId ReadOnlyMessenger::publish(const Publication& /*publication*/) { refuse(); }

WrittenInTransaction ReadOnlyMessenger::write_in(ApplicationConnection /*connection*/,
                                                 const Publication& /*publication*/) {
  refuse();
}

std::optional<EntryId> ReadOnlyMessenger::committed(const Publication& /*publication*/,
                                                    const WrittenInTransaction& /*written*/) {
  refuse();
}

void ReadOnlyMessenger::refuse() const {
  throw Error("publish",
              "this node only reads " + store_ +
                  " (Options::read_only): publish on a node that may write to it",
              Error::Kind::invalid_argument);
}

}  // namespace crier
