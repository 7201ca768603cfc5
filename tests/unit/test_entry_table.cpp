// SPDX-License-Identifier: MIT
// The table that a cache's shards find their entries in.
#include "cache/entry_table.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

namespace {

void add(EntryTable& table, std::string key, std::size_t hash,
         ObjectCache::Object object = nullptr) {
  auto entry = std::make_unique<CachedObject>(CachedObject{.hash = hash,
                                                           .key = std::move(key),
                                                           .object = std::move(object),
                                                           .type = &kCacheType<int>,
                                                           .weight = 1,
                                                           .expiry = {}});
  table.add(*entry);
  static_cast<void>(entry.release());
}

void take_out(EntryTable& table, KeyView key) {
  CachedObject* const found = table.find(key);
  REQUIRE(found != nullptr);
  table.remove(*found);
  delete found;
}

}  // namespace

TEST_CASE("EntryTable: keys of one hash are told apart, and removed each by itself") {
  EntryTable table;
  CHECK(table.find({"a", 7}) == nullptr);
  for (const char* key : {"a", "b", "c"}) {
    add(table, key, 7);
  }
  for (const char* key : {"a", "b", "c"}) {
    REQUIRE(table.find({key, 7}) != nullptr);
    CHECK(table.find({key, 7})->key == key);
  }
  CHECK(table.find({"d", 7}) == nullptr);
  CHECK(table.find({"a", 8}) == nullptr);
  take_out(table, {"b", 7});
  CHECK(table.size() == 2);
  CHECK(table.find({"b", 7}) == nullptr);
  CHECK(table.find({"a", 7}) != nullptr);
  CHECK(table.find({"c", 7}) != nullptr);
}

TEST_CASE("EntryTable: an entry stays where it is while the table grows") {
  constexpr std::size_t kCount = 1'000;
  const auto hash = [](std::size_t i) { return i << 16; };
  EntryTable table;
  std::vector<const CachedObject*> added;
  for (std::size_t i = 0; i < kCount; ++i) {
    add(table, std::to_string(i), hash(i));
    added.push_back(table.find({std::to_string(i), hash(i)}));
  }
  CHECK(table.size() == kCount);
  std::size_t alone = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    REQUIRE(table.find({std::to_string(i), hash(i)}) == added[i]);
    alone += added[i]->next == nullptr ? 1U : 0U;
  }
  CHECK(alone == kCount);  // it has grown: each has a bucket of its own
  for (std::size_t i = 0; i < kCount; ++i) {
    take_out(table, {std::to_string(i), hash(i)});
  }
  CHECK(table.size() == 0);
}

TEST_CASE("EntryTable: what it holds dies with it, also after it was swapped") {
  const auto object = std::make_shared<const int>(1);
  {
    EntryTable outer;
    {
      EntryTable inner;
      for (std::size_t i = 0; i < 20; ++i) {
        add(inner, std::to_string(i), 0, object);
      }
      inner.swap(outer);
      CHECK(inner.size() == 0);
      CHECK(inner.find({"0", 0}) == nullptr);
    }
    CHECK(outer.size() == 20);
    CHECK(outer.find({"0", 0}) != nullptr);
    CHECK(object.use_count() == 21);
  }
  CHECK(object.use_count() == 1);
}

}  // namespace crier::test
