// SPDX-License-Identifier: MIT
#include "poller/position_requests.hpp"

#include <algorithm>
#include <utility>

namespace crier {

bool PositionRequests::look(NodeDirectory& nodes, EntryId position) {
  std::vector<PositionRequest> requests = nodes.position_requests();
  if (requests == requests_) {
    return false;
  }
  // Compared whole, not by the last serial: in a database that was restored serials begin anew.
  const bool news = std::ranges::any_of(requests, [this](const PositionRequest& request) {
    return std::ranges::find(requests_, request) == requests_.end();
  });
  requests_ = std::move(requests);
  entries_.clear();
  for (const PositionRequest& request : requests_) {
    if (request.entry > position) {
      entries_.insert(request.entry);
    }
  }
  return news;
}

bool PositionRequests::reached(EntryId position) {
  const auto end = entries_.upper_bound(position);
  if (end == entries_.begin()) {
    return false;
  }
  entries_.erase(entries_.begin(), end);
  return true;
}

}  // namespace crier
