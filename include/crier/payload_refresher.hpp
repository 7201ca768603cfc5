// SPDX-License-Identifier: MIT
#pragma once

// Typed payloads through nlohmann's `to_json` and `from_json`.

#include <crier/distributed_cache.hpp>
#include <crier/error.hpp>
#include <crier/json_value.hpp>
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

/// A refresher of typed items. What travels is a JSON array of items, as Umbraco's payloads are.
template <class P>
class PayloadCacheRefresher : public JsonCacheRefresher {
  static_assert(JsonValue<P>,
                "PayloadCacheRefresher<P>: P needs to_json() and from_json() of nlohmann/json");

 public:
  /// The items live as long as the call.
  virtual void refresh_by_payload(std::span<const P> items) = 0;

  /// Reads the items. Throws nlohmann's exceptions if they don't fit P (then the instruction
  /// counts as failed).
  void refresh_by_json(std::string_view json) final {
    if constexpr (JsonValue<P>) {
      refresh_by_payload(nlohmann::json::parse(json).template get<std::vector<P>>());
    }
  }
  [[nodiscard]] bool takes_payload() const final { return true; }
};

/// The items of a `refresh_by_payload` notification. Throws nlohmann's exceptions if they don't
/// fit P, and std::bad_variant_access for a notification of another type.
template <JsonValue P>
[[nodiscard]] std::vector<P> payload_of(const CacheUpdated& updated) {
  return nlohmann::json::parse(std::get<std::string_view>(updated.object)).get<std::vector<P>>();
}

// How Collector::refresh_by_payload() makes an instruction of items.
template <JsonValue P>
struct detail::Payloads<P> {
  static void check_refresher(const Registry& registry, const Guid& refresher) {
    CacheRefresher* found = registry.find(refresher);
    if (found != nullptr && dynamic_cast<PayloadCacheRefresher<P>*>(found) == nullptr) {
      throw Error("publish",
                  "refresher " + refresher.to_string() + " (" + std::string(found->name()) +
                      ") is not a PayloadCacheRefresher of this type",
                  Error::Kind::invalid_argument);
    }
  }

  static std::string text_of(const std::vector<P>& items) {
    try {
      return nlohmann::json(items).dump();
    } catch (const nlohmann::json::exception& error) {
      throw Error("publish", std::string("the payload can't be written as JSON: ") + error.what(),
                  Error::Kind::invalid_argument);
    }
  }

  // Runs here with the items themselves.
  static LocalCall local_call(std::shared_ptr<const std::vector<P>> items) {
    return {MessageType::refresh_by_payload, Instance(), [items](CacheRefresher& typed) {
              dynamic_cast<PayloadCacheRefresher<P>&>(typed).refresh_by_payload(*items);
            }};
  }
};

}  // namespace crier
