// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/freshness.hpp>
#include <crier/guid.hpp>
#include <crier/refresher.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// A refresher as it was added.
struct RegisteredRefresher {
  Guid id;                                    ///< as id() gave it
  std::shared_ptr<CacheRefresher> refresher;  ///< never null
  std::string name;      ///< as valid UTF-8, up to 255 bytes; empty if name() threw
  WhenStale when_stale;  ///< what happens while its cache may be stale
};

/// The refreshers of a process, by GUID. Fill it, then hand it to the Node, which keeps it
/// unchanged: const calls are safe on several threads. Shares ownership of its refreshers.
class CRIER_EXPORT Registry {
 public:
  /// Throws an invalid_argument Error for a null refresher, an empty GUID, or one that is taken,
  /// and for a WhenStale::after below 0.
  void add(std::shared_ptr<CacheRefresher> refresher, WhenStale when_stale = {});
  /// At most one; throws an invalid_argument Error if one is set already, or for null.
  void set_fallback(std::shared_ptr<FallbackRefresher> fallback);

  /// Null if it is not registered. Lives as long as the registry.
  [[nodiscard]] CacheRefresher* find(const Guid& id) const;
  /// The refresher's name as it was when it was added; empty if it is not registered, or threw.
  [[nodiscard]] std::string_view name_of(const Guid& id) const;
  /// WhenStale::keep() if it is not registered.
  [[nodiscard]] const WhenStale& when_stale(const Guid& id) const;
  /// Null if none is set.
  [[nodiscard]] FallbackRefresher* fallback() const { return fallback_.get(); }
  /// In order of GUID.
  [[nodiscard]] const std::vector<RegisteredRefresher>& all() const { return refreshers_; }

 private:
  [[nodiscard]] const RegisteredRefresher* entry_of(const Guid& id) const;

  std::vector<RegisteredRefresher> refreshers_;  // in order of GUID
  std::shared_ptr<FallbackRefresher> fallback_;
};

}  // namespace crier
