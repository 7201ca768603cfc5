// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>
#include <crier/refresher.hpp>
#include <crier/registry.hpp>

#include <cstdint>

namespace crier {

// Who runs instructions for a refresher in this process. The one place that decides it.
struct Claim {
  enum class Kind : std::uint8_t {
    refresher,
    fallback,       // no refresher bears the GUID, and there is one for such
    nobody,         // nor is there that
    takes_no_json,  // the refresher is no JsonCacheRefresher, and the instruction is JSON
  };
  Kind kind = Kind::nobody;
  CacheRefresher* refresher = nullptr;  // that bears the GUID, or null
  JsonCacheRefresher* json = nullptr;   // the same, for JSON that it takes
};

[[nodiscard]] inline Claim claim_of(const Registry& registry, const Guid& guid,
                                    RefreshType type = RefreshType::refresh_all) {
  using Kind = Claim::Kind;
  CacheRefresher* const refresher = registry.find(guid);
  if (refresher == nullptr) {
    return {registry.fallback() == nullptr ? Kind::nobody : Kind::fallback};
  }
  if (type != RefreshType::refresh_by_json) {
    return {Kind::refresher, refresher};
  }
  auto* const json = dynamic_cast<JsonCacheRefresher*>(refresher);
  return {json == nullptr ? Kind::takes_no_json : Kind::refresher, refresher, json};
}

// What is said of a refresher that takes_no_json, after its name.
inline constexpr const char* kTakesNoJson = "is not a JsonCacheRefresher: it takes no JSON";

}  // namespace crier
