// SPDX-License-Identifier: MIT
// Who a node is to others, and what it may do.
#include "base/reporter.hpp"
#include "node/core.hpp"
#include "node/node_runtime.hpp"
#include "node/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace crier {

Access NodeRuntime::access() const {
  return core_->options.read_only ? Access::read_only : Access::read_write;
}

Role NodeRuntime::role() const {
  return keeper_ == nullptr ? Role::single : keeper_->role(core_->now());
}

NodeReport NodeRuntime::self() const {
  const std::lock_guard lock(identity_mutex_);
  return report_of(core_->options, name_, identity_);
}

void NodeRuntime::rename(std::int64_t trace, const std::string& found) {
  std::string originated;
  Guid incarnation;
  {
    const std::lock_guard lock(identity_mutex_);
    // It may draw the same random numbers.
    Guid::Bytes bytes = Guid::random().bytes();
    for (std::size_t i = 0; i < sizeof trace; ++i) {
      bytes[bytes.size() - 1 - i] ^= static_cast<std::uint8_t>(trace >> (8 * i));
    }
    identity_.incarnation = incarnation = Guid(bytes);
    originated = identity_.originated();
  }
  own_.rename(originated);
  keeper_->rename(incarnation);
  core_->reporter.log(LogLevel::warning,
                      found + ": another process goes on from the same snapshot of memory as " +
                          name_ + ". From now on this one is " + originated + "; restart both");
}

}  // namespace crier
