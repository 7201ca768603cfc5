// SPDX-License-Identifier: MIT
#pragma once

#include <crier/hybrid_cache.hpp>

#include "support/eventually.hpp"
#include "unit/hybrid_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

/// Makes a shared half: another one leads to the same entries.
using OpenHalf = std::function<std::shared_ptr<SharedCache>()>;

/// Many keys at once, over each kind of shared half.
inline void check_many(const OpenHalf& open) {
  using Keys = std::vector<std::string>;
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "log.db").string() + "?deadline=20s";
  HybridMember here(store, "here", open());
  HybridMember there(store, "there", open());
  CHECK(*there.pages.get("b", [] { return std::string("B"); }) == "B");
  Keys asked;
  const auto load = [&](const Keys& missing) {
    asked.insert(asked.end(), missing.begin(), missing.end());
    return missing;
  };
  const Keys keys{"a", "b", "c"};
  for (HybridMember* member : {&here, &there}) {
    Keys values;
    for (const auto& value : member->pages.get_many(keys, load, {.tags = {"t"}})) {
      values.push_back(*value);
    }
    CHECK(values == Keys{"a", "B", "c"});
  }
  CHECK(asked == Keys{"a", "c"});
  CHECK(there.pages.statistics().shared_hits == 2);
  const EntryId id = here.pages.remove_by_tag("t");
  REQUIRE(there.node.wait_applied(id, std::chrono::seconds(20)));
  CHECK(there.pages.get("a") == nullptr);
  CHECK(*there.pages.get("b") == "B");
}

/// Values of any bytes.
inline void check_bytes(const OpenHalf& open) {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "log.db").string() + "?deadline=20s";
  HybridMember here(store, "here", open(), {}, bytes_codec());
  HybridMember there(store, "there", open(), {}, bytes_codec());
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
  }
  const std::vector<std::string> values{"", std::string(1, '\0'), "\n\n", "\xff\xfe", all};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string key = std::to_string(i);
    CHECK((*here.pages.get(key, [&] { return values[i]; }) == values[i]));
    const auto taken = there.pages.get(key);
    REQUIRE(taken != nullptr);
    CHECK((*taken == values[i]));
  }
  const EntryId id = here.pages.set("set", all);
  REQUIRE(there.node.wait_applied(id, std::chrono::seconds(20)));
  CHECK((*there.pages.get("set") == all));
  CHECK(there.pages.statistics().shared_hits == values.size() + 1);
}

/// A build takes another one's place, and that one comes back.
inline void check_versions(const OpenHalf& open) {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "log.db").string() + "?deadline=20s";
  HybridMember old(store, "old", open());
  HybridMember young(store, "young", open(), {.version = "2"}, bytes_codec());
  const auto get = [](HybridMember& member, const char* makes) {
    return *member.pages.get("k", [&] { return std::string(makes); });
  };
  CHECK(get(old, "1") == "1");
  CHECK(get(young, "2") == "2");
  {
    HybridMember back(store, "back", open());
    CHECK(get(back, "x") == "1");
    HybridMember next(store, "next", open(), {.version = "2"}, bytes_codec());
    CHECK(get(next, "x") == "2");
  }
  for (HybridMember* member : {&old, &young}) {
    const EntryId id = member->pages.remove("k");
    for (HybridMember* one : {&old, &young}) {
      REQUIRE(one->node.wait_applied(id, std::chrono::seconds(20)));
      CHECK(one->pages.get("k") == nullptr);
    }
    CHECK(get(old, "1") == "1");
    CHECK(get(young, "2") == "2");
  }
}

/// What was cleared is taken off, by the node that leads.
inline void check_cleared(const OpenHalf& open) {
  using Keys = std::vector<std::string>;
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "log.db").string() + "?deadline=20s";
  const auto member = [&](const char* name) {
    return std::make_unique<HybridMember>(store, name, open(), HybridOptions(),
                                          json_codec<std::string>(), std::chrono::milliseconds(20));
  };
  const auto here = member("here");
  const auto there = member("there");
  const auto entries = open();
  const auto make = [](const char* text) { return [text] { return std::string(text); }; };
  for (const char* const key : {"a", "b", "c"}) {
    CHECK(*here->pages.get(key, make("old"), {.tags = {"t"}}) == "old");
  }
  CHECK(entries->keys() == Keys{"pages/a", "pages/b", "pages/c"});
  const EntryId id = there->pages.clear();
  for (const auto& one : {&here, &there}) {
    REQUIRE((*one)->node.wait_applied(id, std::chrono::seconds(20)));
  }
  CHECK(*here->pages.get("b", make("new")) == "new");
  CHECK(eventually([&] { return entries->keys() == Keys{"pages/b"}; }));
  CHECK(*there->pages.get("b", make("x")) == "new");
  const auto swept = [](const auto& one) { return one->pages.statistics().swept; };
  CHECK(eventually([&] { return swept(here) + swept(there) >= 2; }));  // "b" may be one of them
  CHECK((swept(here) == 0 || swept(there) == 0));
}

/// A factory runs once, however many nodes ask at once.
inline void check_one_load(const OpenHalf& open) {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "log.db").string() + "?deadline=20s";
  const HybridOptions options{.one_load_across_nodes = std::chrono::minutes(10)};
  HybridMember here(store, "here", open(), options);
  HybridMember there(store, "there", open(), options);
  const auto waits = [&] {
    return here.pages.statistics().waits_for_nodes + there.pages.statistics().waits_for_nodes;
  };
  std::atomic<int> runs = 0;
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (HybridMember* member : {&here, &there, &here, &there}) {
    threads.emplace_back([&, member] {
      const auto value = member->pages.get("k", [&] {
        ++runs;
        static_cast<void>(eventually([&] { return waits() == 1; }));
        return std::string("made once");
      });
      right += *value == "made once" ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(runs == 1);
  CHECK(right == 4);
  CHECK(waits() == 1);
  CHECK(open()->keys() == std::vector<std::string>{"pages/k"});  // the lease is gone
}

}  // namespace crier::test
