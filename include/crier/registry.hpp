// SPDX-License-Identifier: MIT
#pragma once

#include <crier/freshness.hpp>
#include <crier/guid.hpp>
#include <crier/refresher.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace crier {

/// The refreshers of a process, by GUID. Fill it, then hand it to the Node, which keeps it
/// unchanged: const calls are safe on several threads. Shares ownership of its refreshers.
class Registry {
 public:
  /// Throws an invalid_argument Error for a null refresher, an empty GUID, or one that is taken,
  /// and for a WhenStale::after below 0.
  void add(std::shared_ptr<CacheRefresher> refresher, WhenStale when_stale = {});
  /// At most one; throws an invalid_argument Error where one is set already, or for null.
  void set_fallback(std::shared_ptr<FallbackRefresher> fallback);

  /// Null where it is not registered. Lives as long as the registry.
  [[nodiscard]] CacheRefresher* find(const Guid& id) const;
  /// The refresher's name as it was when it was added; empty where it is not registered, or threw.
  [[nodiscard]] std::string_view name_of(const Guid& id) const;
  /// WhenStale::keep() where it is not registered.
  [[nodiscard]] const WhenStale& when_stale(const Guid& id) const;
  /// Null where none is set.
  [[nodiscard]] FallbackRefresher* fallback() const { return fallback_.get(); }
  /// In order of GUID.
  [[nodiscard]] const std::map<Guid, std::shared_ptr<CacheRefresher>>& all() const {
    return refreshers_;
  }

 private:
  std::map<Guid, std::shared_ptr<CacheRefresher>> refreshers_;
  std::map<Guid, std::string> names_;
  std::map<Guid, WhenStale> when_stale_;  // of those that don't keep
  std::shared_ptr<FallbackRefresher> fallback_;
};

}  // namespace crier
