// SPDX-License-Identifier: MIT
#pragma once

// Typed payloads through nlohmann's `to_json` and `from_json`. Of crier's headers only this one and
// shared_json.hpp include nlohmann/json.

#include <crier/distributed_cache.hpp>
#include <crier/notification.hpp>
#include <crier/refresher.hpp>

#include <nlohmann/json.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

/// A refresher of typed items: P has `to_json` and `from_json` and a default constructor. What
/// travels is a JSON array of items, as Umbraco's payloads are.
template <class P>
class PayloadCacheRefresher : public JsonCacheRefresher {
 public:
  /// The items live as long as the call.
  virtual void refresh_by_payload(std::span<const P> items) = 0;

  /// Reads the items. Throws nlohmann's exceptions where they don't fit P (then the instruction
  /// counts as failed).
  void refresh_by_json(std::string_view json) final {
    refresh_by_payload(nlohmann::json::parse(json).template get<std::vector<P>>());
  }
  [[nodiscard]] bool takes_payload() const final { return true; }
};

/// The items of a `refresh_by_payload` notification. Throws nlohmann's exceptions where they don't
/// fit P, and std::bad_variant_access for a notification of another type.
template <class P>
[[nodiscard]] std::vector<P> payload_of(const CacheUpdated& updated) {
  return nlohmann::json::parse(std::get<std::string_view>(updated.object)).get<std::vector<P>>();
}

template <class P>
void Collector::refresh_by_payload(const Guid& refresher, std::span<const P> items) {
  CacheRefresher* found = registry_->find(refresher);
  if (found != nullptr && dynamic_cast<PayloadCacheRefresher<P>*>(found) == nullptr) {
    throw Error("publish",
                "refresher " + refresher.to_string() + " (" + std::string(found->name()) +
                    ") is not a PayloadCacheRefresher of this type",
                Error::Kind::invalid_argument);
  }
  if (items.empty()) {
    return;
  }
  auto copy = std::make_shared<const std::vector<P>>(items.begin(), items.end());
  std::string json;
  try {
    json = nlohmann::json(*copy).dump();
  } catch (const nlohmann::json::exception& error) {
    throw Error("publish", std::string("the payload can't be written as JSON: ") + error.what(),
                Error::Kind::invalid_argument);
  }
  add(Instruction::refresh_by_json(refresher, std::move(json)),
      {{MessageType::refresh_by_payload, Instance(), [copy](CacheRefresher& typed) {
          dynamic_cast<PayloadCacheRefresher<P>&>(typed).refresh_by_payload(*copy);
        }}});
}

template <class P>
std::optional<EntryId> DistributedCache::refresh_by_payload(const Guid& refresher,
                                                            std::span<const P> items) {
  Batch collected = batch();
  collected.refresh_by_payload<P>(refresher, items);
  return collected.commit();
}

}  // namespace crier
