// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/shared_json.hpp>

#include "base/error_of.hpp"

#include <atomic>
#include <map>

namespace crier {

struct HybridRefresher::State {
  std::atomic<DistributedCache*> publisher = nullptr;
};

HybridRefresher::HybridRefresher(const Guid& id, std::string name, Local local)
    : id_(id),
      name_(std::move(name)),
      local_(std::move(local)),
      state_(std::make_unique<State>()) {}

HybridRefresher::~HybridRefresher() = default;

void HybridRefresher::detach() noexcept { state_->publisher = nullptr; }

EntryId HybridRefresher::publish_key(std::string_view key) { return publish("key", key); }

EntryId HybridRefresher::publish_tag(std::string_view tag) { return publish("tag", tag); }

EntryId HybridRefresher::publish(const char* what, std::string_view text) {
  DistributedCache* const cache = state_->publisher;
  if (cache == nullptr) {
    throw Error("publish", "the cache " + name_ +
                               " belongs to no node: make a Node with the registry that it is in");
  }
  using Object = std::map<std::string, std::string>;
  return cache->refresh_by_json(
      id_, to_shared_json(text, std::vector{Object{{what, std::string(text)}}}));
}

void HybridRefresher::refresh_by_json(std::string_view json) {
  std::vector<std::map<std::string, std::string>> orders;
  const std::string unreadable =
      error_of([&] { orders = from_shared_json<decltype(orders)>(name_, json); });
  for (const auto& order : orders) {
    const auto key = order.find("key");
    const auto tag = order.find("tag");
    if (key != order.end()) {
      local_.evict(key->second);
    } else if (tag != order.end()) {
      local_.evict_tagged(tag->second);
    } else {
      local_.clear();
    }
  }
  if (!unreadable.empty()) {
    local_.clear();  // it may concern any key
  }
}

void HybridRefresher::attach(DistributedCache& cache) {
  DistributedCache* none = nullptr;
  if (!state_->publisher.compare_exchange_strong(none, &cache)) {
    throw Error(
        "start",
        "the cache " + name_ + " belongs to another node already: each node has caches of its own",
        Error::Kind::invalid_argument);
  }
}

}  // namespace crier
