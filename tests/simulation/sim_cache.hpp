// SPDX-License-Identifier: MIT
#pragma once

#include <crier/refresher.hpp>

#include "support/recording.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {

// The changes that a cache holds, in ascending order. No number stands for two changes, so that
// one that was missed is never hidden by a later one.
using Changes = std::vector<std::int64_t>;

inline void add(Changes& changes, std::int64_t change) {
  const auto place = std::lower_bound(changes.begin(), changes.end(), change);
  if (place == changes.end() || *place != change) {
    changes.insert(place, change);
  }
}

inline constexpr std::array kCaches = {kProducts, kOrders};
// What each of the two caches holds; the application's own data has the same form.
using Contents = std::array<Changes, kCaches.size()>;

// A region besides, whose values are loaded: of each item the change that it was given last.
inline constexpr Guid kItems = Guid::parse("17e35000-0000-4000-8000-000000000001").value();
inline constexpr std::size_t kItemKeys = 3;
// A hybrid cache, whose first pages are each made of an item.
inline constexpr Guid kPages = Guid::parse("17e35000-0000-4000-8000-000000000002").value();
inline constexpr std::size_t kPageKeys = 5;
inline std::string page_name(std::size_t key) { return "pages/" + std::to_string(key); }

// One of the caches of a node.
class SimRefresher final : public CacheRefresher {
 public:
  // `before` is asked first: false where the process has just died.
  SimRefresher(std::size_t which, const Contents& truth, Contents& cache,
               std::function<bool()> before)
      : which_(which), truth_(truth), cache_(cache), before_(std::move(before)) {}

  [[nodiscard]] Guid id() const override { return kCaches[which_]; }
  [[nodiscard]] std::string_view name() const override { return "simulated"; }
  void refresh_all() override {
    if (before_()) {
      cache_[which_] = truth_[which_];
    }
  }
  void refresh(std::int64_t change) override {
    if (before_()) {
      add(cache_[which_], change);
    }
  }
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}

 private:
  const std::size_t which_;
  const Contents& truth_;
  Contents& cache_;
  const std::function<bool()> before_;
};

// In place of pages, on a node that has none.
class NoPages final : public JsonCacheRefresher {
 public:
  [[nodiscard]] Guid id() const override { return kPages; }
  [[nodiscard]] std::string_view name() const override { return "no pages"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
  void refresh_by_json(std::string_view) override {}
};

}  // namespace crier::test
