// SPDX-License-Identifier: MIT
#include "messenger/local_delivery.hpp"

#include <crier/error.hpp>

#include "refresh/dispatcher.hpp"

#include <cstddef>
#include <string>

namespace crier {

namespace {

thread_local int publish_depth = 0;

}  // namespace

PublishDepth::PublishDepth() {
  if (publish_depth == kMax) {
    throw Error("publish",
                "refreshers on this thread have published inside one another " +
                    std::to_string(kMax) + " deep: does one publish what sets it off again?",
                Error::Kind::invalid_argument);
  }
  ++publish_depth;
}

PublishDepth::~PublishDepth() { --publish_depth; }

void deliver_locally(Dispatcher& dispatcher, const Publication& publication,
                     std::string_view originated, const CallContext& caller) {
  const Source source{{}, originated};
  for (std::size_t i = 0; i < publication.instructions.size(); ++i) {
    dispatcher.apply(publication.instructions[i], i, source, caller, publication.local[i]);
  }
}

}  // namespace crier
