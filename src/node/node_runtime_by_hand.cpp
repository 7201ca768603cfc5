// SPDX-License-Identifier: MIT
// What is otherwise in a node that is stepped by hand.
#include "node/core.hpp"
#include "node/node_runtime.hpp"

namespace crier {

void NodeRuntime::tell_surroundings() {
  if (const auto& around = core_->options.surroundings) {
    around->begin([weak = weak_from_this()] {
      const auto self = weak.lock();
      return self == nullptr ? EntryId() : self->position_.entry();
    });
  }
}

void NodeRuntime::wait_change(std::uint64_t changes,
                              std::chrono::steady_clock::time_point until) const {
  if (const auto& around = core_->options.surroundings) {
    around->pass(until);
  } else {
    position_.wait_change(changes, until);
  }
}

}  // namespace crier
