// SPDX-License-Identifier: MIT
#include "poller/asks.hpp"

#include <vector>

namespace crier {

namespace {

// Anyone may wait for an entry that never comes. Whoever is left out is answered with the next
// beat.
constexpr std::size_t kMaxEntries = 1000;

}  // namespace

bool Asks::look(NodeDirectory& nodes, EntryId position) {
  const std::vector<Ask> news = nodes.asks_after(serial_);
  for (const Ask& ask : news) {
    serial_ = ask.serial;
    if (ask.entry > position && entries_.size() < kMaxEntries) {
      entries_.insert(ask.entry);
    }
  }
  return !news.empty();
}

bool Asks::reached(EntryId position) {
  const auto end = entries_.upper_bound(position);
  if (end == entries_.begin()) {
    return false;
  }
  entries_.erase(entries_.begin(), end);
  return true;
}

void Asks::start_over() {
  serial_ = 0;
  entries_.clear();
}

}  // namespace crier
