// SPDX-License-Identifier: MIT
// What a hybrid cache publishes.
#include "cache/hybrid/hybrid_state.hpp"
#include "cache/hybrid/invalidations.hpp"

#include <algorithm>

namespace crier {

void HybridRefresher::attach(DistributedCache& cache) {
  DistributedCache* none = nullptr;
  if (!state_->publisher.compare_exchange_strong(none, &cache)) {
    throw Error(
        "start",
        "the cache " + name_ + " belongs to another node already: each node has caches of its own",
        Error::Kind::invalid_argument);
  }
}

void HybridRefresher::detach() noexcept { state_->publisher = nullptr; }

DistributedCache& HybridRefresher::publisher() const {
  DistributedCache* const cache = state_->publisher;
  if (cache == nullptr) {
    throw Error("publish", "the cache " + name_ +
                               " belongs to no node: make a Node with the registry that it is in");
  }
  return *cache;
}

EntryId HybridRefresher::publish_key(std::string_view key) {
  check_key("remove", key);
  return publisher().refresh_by_json(id_, json_of_key(key));
}

EntryId HybridRefresher::publish_tag(std::string_view tag) {
  check_tag("remove", tag);
  return publisher().refresh_by_json(id_, json_of_tag(tag));
}

EntryId HybridRefresher::publish_all() { return publisher().refresh_all(id_); }

void HybridRefresher::add_key(std::string_view key, Collector& batch) const {
  check_key("remove", key);
  batch.refresh_by_json(id_, json_of_key(key));
  batch.drop_after([&](const AfterCommit& set) { return set.refresher == id_ && set.key == key; });
}

void HybridRefresher::add_tag(std::string_view tag, Collector& batch) const {
  check_tag("remove", tag);
  batch.refresh_by_json(id_, json_of_tag(tag));
  batch.drop_after([&](const AfterCommit& set) {
    return set.refresher == id_ && std::ranges::count(set.tags, tag) != 0;
  });
}

void HybridRefresher::add_all(Collector& batch) const {
  batch.refresh_all(id_);
  batch.drop_after([&](const AfterCommit& set) { return set.refresher == id_; });
}

void HybridRefresher::add_set(Fill fill, Collector& batch,
                              std::function<void(const Fill& fill, EntryId id)> store) const {
  add_key(fill.key, batch);
  AfterCommit set{id_, fill.key, fill.tags, nullptr};
  set.run = [fill = std::move(fill), store = std::move(store)](EntryId id) { store(fill, id); };
  batch.after(std::move(set));
}

}  // namespace crier
