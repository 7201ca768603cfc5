// SPDX-License-Identifier: MIT
#pragma once

#include <crier/messenger.hpp>
#include <crier/observer.hpp>

#include <string_view>

namespace crier {

class Dispatcher;
struct CallContext;

// A refresher that publishes to itself would never end: a chain of publishes inside refreshers on
// one thread may be this long. Held for the whole of a publish; throws if it is too deep.
class PublishDepth {
 public:
  static constexpr int kMax = 16;

  PublishDepth();
  ~PublishDepth();
  PublishDepth(const PublishDepth&) = delete;
  PublishDepth& operator=(const PublishDepth&) = delete;
};

// Runs this node's refreshers for what it publishes, on the caller's thread.
void deliver_locally(Dispatcher& dispatcher, const Publication& publication,
                     std::string_view originated, const CallContext& caller);

}  // namespace crier
