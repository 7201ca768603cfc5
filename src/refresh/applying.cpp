// SPDX-License-Identifier: MIT
#include "refresh/applying.hpp"

namespace crier {

namespace {

thread_local Applying* innermost = nullptr;

}  // namespace

Applying::Applying(const Guid& refresher, std::span<const Guid> chain)
    : refresher_(refresher), chain_(chain), outer_(innermost) {
  innermost = this;
}

Applying::~Applying() { innermost = outer_; }

std::vector<Guid> Applying::chain() {
  if (innermost == nullptr) {
    return {};
  }
  std::vector<Guid> chain(innermost->chain_.begin(), innermost->chain_.end());
  chain.push_back(innermost->refresher_);
  return chain;
}

void Applying::refuse() {
  if (innermost != nullptr) {
    innermost->was_refused_ = true;
  }
}

}  // namespace crier
