// SPDX-License-Identifier: MIT
#include "messenger/read_only_messenger.hpp"

#include <crier/error.hpp>

#include <utility>

namespace crier {

ReadOnlyMessenger::ReadOnlyMessenger(std::string store) : store_(std::move(store)) {}

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
