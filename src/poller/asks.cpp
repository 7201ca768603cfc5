// SPDX-License-Identifier: MIT
#include "poller/asks.hpp"

#include <algorithm>
#include <utility>

namespace crier {

bool Asks::look(NodeDirectory& nodes, EntryId position) {
  std::vector<Ask> asks = nodes.asks();
  if (asks == asks_) {
    return false;
  }
  // Compared whole, not by the last serial: in a database that was restored serials begin anew.
  const bool news = std::any_of(asks.begin(), asks.end(), [this](const Ask& ask) {
    return std::find(asks_.begin(), asks_.end(), ask) == asks_.end();
  });
  asks_ = std::move(asks);
  entries_.clear();
  for (const Ask& ask : asks_) {
    if (ask.entry > position) {
      entries_.insert(ask.entry);
    }
  }
  return news;
}

bool Asks::reached(EntryId position) {
  const auto end = entries_.upper_bound(position);
  if (end == entries_.begin()) {
    return false;
  }
  entries_.erase(entries_.begin(), end);
  return true;
}

}  // namespace crier
