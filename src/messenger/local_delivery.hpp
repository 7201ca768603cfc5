// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>
#include <crier/observer.hpp>

#include <span>
#include <string_view>

namespace crier {

class Dispatcher;
struct CallContext;

// Runs this node's refreshers for what it publishes, on the caller's thread.
void deliver_locally(Dispatcher& dispatcher, const Publication& publication,
                     std::string_view originated, std::span<const Guid> chain,
                     const CallContext& caller);

}  // namespace crier
