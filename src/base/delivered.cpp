// SPDX-License-Identifier: MIT
#include "base/delivered.hpp"

namespace crier {

void Delivered::add(const std::string& originated, EntryId last, EntryId handled) {
  const std::lock_guard lock(mutex_);
  std::erase_if(writes_, [&](const auto& write) { return write.second <= handled; });
  writes_.emplace(originated, last);
}

bool Delivered::take(std::string_view originated, EntryId entry) {
  const std::lock_guard lock(mutex_);
  const auto write = writes_.find(originated);
  if (write == writes_.end()) {
    return false;
  }
  if (entry >= write->second) {
    writes_.erase(write);
  }
  return true;
}

}  // namespace crier
