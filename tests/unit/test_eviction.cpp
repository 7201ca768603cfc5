// SPDX-License-Identifier: MIT
// What a cache lets go, and what it remembers of that.
#include "cache/eviction.hpp"
#include "cache/ghosts.hpp"
#include "simulation/random.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace crier::test {

namespace {

struct EvictedNode {
  std::size_t hash = 0;
  EvictionHook<EvictedNode> hook = {};
  unsigned visited = 0;
  unsigned is_main = 0;
  unsigned frequency = 0;
  unsigned era = 0;
  bool is_held = false;
};

// A cache of so many keys, which are numbers below `keys`.
class EvictingCache {
 public:
  EvictingCache(std::size_t keys, std::size_t room) : entries_(keys), room_(room) {
    for (std::size_t key = 0; key < keys; ++key) {
      entries_[key].hash = std::hash<std::string>{}(std::to_string(key));
    }
  }

  // Whether it was there; it is then.
  bool get(std::size_t key) {
    EvictedNode& entry = entries_[key];
    if (entry.is_held) {
      entry.visited = 1;
      return true;
    }
    entry.is_held = true;
    eviction_.add(entry);
    if (eviction_.size() > room_) {
      EvictedNode* const victim = eviction_.victim(&entry);
      REQUIRE(victim != nullptr);
      REQUIRE(victim != &entry);
      eviction_.remove(*victim);
      victim->is_held = false;
    }
    return false;
  }
  [[nodiscard]] bool holds(std::size_t key) const { return entries_[key].is_held; }

 private:
  std::vector<EvictedNode> entries_;
  const std::size_t room_;
  Eviction<EvictedNode> eviction_;
};

}  // namespace

TEST_CASE("Eviction: of a loop over more than fits, a part stays") {
  constexpr std::size_t kKeys = 1'000;
  EvictingCache cache(kKeys, 500);
  std::size_t hits = 0;
  for (std::size_t i = 0; i < 40 * kKeys; ++i) {
    hits += cache.get(i % kKeys) && i >= 20 * kKeys ? 1U : 0U;
  }
  CHECK(hits > 9 * kKeys);  // of 20; LRU has none, the optimum 10
}

TEST_CASE("Eviction: what is read again within a while only is served, as by LRU") {
  constexpr std::size_t kKeys = 20'000;
  constexpr std::size_t kWhile = 80;
  EvictingCache cache(kKeys, 100);
  Random random(1);
  std::size_t hits = 0;
  for (std::size_t i = kWhile; i < kKeys; ++i) {
    cache.get(i);
    hits += cache.get(i - random.below(kWhile)) ? 1U : 0U;
  }
  CHECK(hits > kKeys * 8 / 10);  // with a window that stays as it began: 3
}

TEST_CASE("Eviction: what was used often is kept from what comes once") {
  constexpr std::size_t kHot = 60;
  EvictingCache cache(100'000, 100);
  Random random(1);
  for (std::size_t i = kHot; i < 100'000; ++i) {
    cache.get(i);
    cache.get(random.below(kHot));
  }
  std::size_t held = 0;
  for (std::size_t key = 0; key < kHot; ++key) {
    held += cache.holds(key) ? 1U : 0U;
  }
  CHECK(held == kHot);
}

TEST_CASE("Eviction: the one that is spared stays, if need be as the only one") {
  Eviction<EvictedNode> eviction;
  std::vector<EvictedNode> entries(3);
  eviction.add(entries[0]);
  CHECK(eviction.victim(nullptr) == &entries[0]);
  CHECK(eviction.victim(&entries[0]) == nullptr);
  eviction.add(entries[1]);
  eviction.add(entries[2]);
  for (const EvictedNode& spared : entries) {
    for (EvictedNode& entry : entries) {
      entry.visited = 1;
    }
    EvictedNode* const victim = eviction.victim(&spared);
    REQUIRE(victim != nullptr);
    CHECK(victim != &spared);
  }
}

TEST_CASE("Eviction: what takes the place of another stands where that stood, as often used") {
  Eviction<EvictedNode> eviction;
  std::vector<EvictedNode> entries(11);
  for (std::size_t i = 0; i < 10; ++i) {
    entries[i].hash = i << 32U;
    eviction.add(entries[i]);
  }
  REQUIRE(entries[0].is_main == 1);
  entries[0].visited = 1;
  eviction.replace(entries[0], entries[10]);
  CHECK(entries[10].is_main == 1);
  CHECK(entries[10].visited == 1);
  CHECK(entries[10].frequency == entries[0].frequency);
  CHECK(eviction.size() == 10);
  for (std::size_t i = 1; i < 11; ++i) {
    eviction.remove(entries[i]);
  }
  CHECK(eviction.size() == 0);
  CHECK(eviction.victim(nullptr) == nullptr);
}

TEST_CASE("Ghosts: an eviction is remembered once, with how often the entry was used") {
  const auto hash = [](std::size_t i) { return std::hash<std::string>{}(std::to_string(i)); };
  Ghosts ghosts;
  CHECK(ghosts.take(hash(0)) == std::nullopt);
  ghosts.add(hash(0), {});  // there is no room yet
  ghosts.fit(1'000);
  CHECK(ghosts.take(hash(0)) == std::nullopt);
  ghosts.add(hash(1), {.frequency = 15, .era = 3, .part = Ghosts::Part::main});
  ghosts.add(hash(2), {.frequency = 1, .era = 0, .part = Ghosts::Part::window});
  for (std::size_t i = 3; i < 103; ++i) {
    ghosts.add(hash(i), {.frequency = 2});
  }
  const std::optional<Ghosts::Ghost> main = ghosts.take(hash(1));
  REQUIRE(main);
  CHECK(main->frequency == 15);
  CHECK(main->era == 3);
  CHECK(main->part == Ghosts::Part::main);
  CHECK(main->later == 0);  // of that part
  const std::optional<Ghosts::Ghost> window = ghosts.take(hash(2));
  REQUIRE(window);
  CHECK(window->later == 100);
  CHECK(ghosts.take(hash(2)) == std::nullopt);
}

TEST_CASE("Ghosts: about two are remembered for each entry") {
  constexpr std::size_t kEntries = 10'000;
  const auto hash = [](std::size_t i) { return std::hash<std::string>{}(std::to_string(i)); };
  Ghosts ghosts;
  ghosts.fit(kEntries);
  for (std::size_t i = 0; i < 10 * kEntries; ++i) {
    ghosts.add(hash(i), {.frequency = 1});
  }
  std::size_t found = 0;
  std::size_t mistaken = 0;
  for (std::size_t i = 8 * kEntries; i < 10 * kEntries; ++i) {
    const std::optional<Ghosts::Ghost> ghost = ghosts.take(hash(i));
    found += ghost ? 1U : 0U;
    // The stamps are coarse, and at times a key is taken for another.
    mistaken += ghost && ghost->later > 10 * kEntries - i + 10 ? 1U : 0U;
  }
  CHECK(mistaken < kEntries / 100);
  CHECK(found > 2 * kEntries * 3 / 4);
}

}  // namespace crier::test
