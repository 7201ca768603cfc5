// SPDX-License-Identifier: MIT
// Many keys of a HybridCache at once.
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "support/gate.hpp"
#include "unit/hybrid_fixture.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

using Texts = std::vector<std::string>;

struct HybridManyFixture : HybridFixture {
  std::vector<Texts> asked;

  auto loader() {
    return [this](const Texts& missing) {
      asked.push_back(missing);
      Texts values;
      for (const std::string& key : missing) {
        values.push_back("made " + key);
      }
      return values;
    };
  }
  template <class Load>
  static Texts get(HybridMember& member, const Texts& keys, Load load,
                   const HybridEntry& entry = {}) {
    Texts texts;
    for (const auto& value : member.pages.get_many(keys, load, entry)) {
      texts.push_back(value == nullptr ? "nothing" : *value);
    }
    return texts;
  }
};

TEST_CASE_FIXTURE(HybridManyFixture,
                  "Hybrid: many: this process, then the others, then one call, each key once") {
  CHECK(*here.pages.get("own", make("own")) == "own");
  CHECK(*there.pages.get("shared", make("shared")) == "shared");
  const HybridStatistics before = here.pages.statistics();
  CHECK(get(here, {"own", "a", "shared", "b", "a"}, loader()) ==
        Texts{"own", "made a", "shared", "made b", "made a"});
  CHECK(asked == std::vector<Texts>{{"a", "b"}});
  const HybridStatistics after = here.pages.statistics();
  CHECK(after.hits - before.hits == 1);
  CHECK(after.misses - before.misses == 3);
  CHECK(after.shared_hits - before.shared_hits == 1);
  CHECK(after.shared_misses - before.shared_misses == 2);
  // The other node has them from the shared half, and nobody makes them again.
  CHECK(get(there, {"b", "a"}, loader()) == Texts{"made b", "made a"});
  CHECK(get(here, {"b", "a"}, loader()) == Texts{"made b", "made a"});
  CHECK(get(here, {}, loader()).empty());
  CHECK(asked.size() == 1);
}

TEST_CASE_FIXTURE(HybridManyFixture, "Hybrid: many: a map may lack some, and a value be nothing") {
  CHECK(get(here, {"a", "b"}, [](const Texts&) {
          return std::map<std::string, std::string>{{"b", "B"}, {"c", "nobody asked"}};
        }) == Texts{"nothing", "B"});
  CHECK(get(here, {"d", "e"}, [](const Texts&) {
          return std::vector<std::optional<std::string>>{std::nullopt, "E"};
        }) == Texts{"nothing", "E"});
  for (const char* key : {"a", "c", "d"}) {
    CHECK(here.pages.get(key) == nullptr);
  }
  CHECK(*there.pages.get("b") == "B");
  CHECK(*there.pages.get("e") == "E");
}

TEST_CASE_FIXTURE(HybridManyFixture,
                  "Hybrid: many: what fails, or is of another number, leaves nothing") {
  CHECK_THROWS_AS(
      get(here, {"a", "b"}, [](const Texts&) -> Texts { throw std::runtime_error("no"); }),
      std::runtime_error);
  for (const std::size_t count : {1UL, 3UL}) {
    const Error error = error_of([&] {
      get(here, {"a", "b"}, [&](const Texts&) { return Texts(count, "x"); });
    });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()) == "the loader of cache pages was asked for 2 keys, and gave " +
                                           std::to_string(count) + " values");
  }
  CHECK(here.pages.get("a") == nullptr);
  CHECK(there.pages.get("b") == nullptr);
  // What is wrong with the call is said before anything is asked.
  here.shared->calls = 0;
  CHECK(error_of([&] { get(here, {"a", ""}, loader()); }).invalid_argument());
  CHECK(error_of([&] { get(here, {"a"}, loader(), {.tags = {""}}); }).invalid_argument());
  CHECK(
      error_of([&] { get(here, {"a"}, loader(), {.expiry = {.after = 0ms}}); }).invalid_argument());
  CHECK(here.shared->calls == 0);
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(HybridManyFixture, "Hybrid: many: the loader may decide for each") {
  const auto decides = [](const Texts& missing, std::span<HybridEntry> entries) {
    for (std::size_t i = 0; i < missing.size(); ++i) {
      entries[i].tags.push_back("of " + missing[i]);
    }
    return missing;
  };
  const HybridEntry all{.tags = {"all"}};
  CHECK(get(here, {"a", "b", "c"}, decides, all) == Texts{"a", "b", "c"});
  settle(there.pages.remove_by_tag("of b"));
  for (HybridMember* member : {&here, &there}) {
    CHECK(*member->pages.get("a") == "a");
    CHECK(member->pages.get("b") == nullptr);
    CHECK(*member->pages.get("c") == "c");
  }
  settle(here.pages.remove_by_tag("all"));
  CHECK(there.pages.get("a") == nullptr);
  // One that is refused is found before one is stored.
  const auto bad = [](const Texts& missing, std::span<HybridEntry> entries) {
    entries.back().expiry.after = 0ms;
    return missing;
  };
  CHECK(error_of([&] { get(here, {"a", "b"}, bad); }).invalid_argument());
  CHECK(there.pages.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridManyFixture,
                  "Hybrid: many: what is invalidated while it is made is returned, not kept") {
  CHECK(get(here, {"a", "b"}, [&](const Texts&) {
          settle(there.pages.remove("a"));
          return Texts{"old", "B"};
        }) == Texts{"old", "B"});
  CHECK(here.pages.get("a") == nullptr);
  CHECK(there.pages.get("a") == nullptr);
  CHECK(*here.pages.get("b") == "B");
  CHECK(*there.pages.get("b") == "B");
}

TEST_CASE_FIXTURE(HybridManyFixture, "Hybrid: many: a key is made once, whoever asks for it") {
  Gate gate;
  std::atomic<int> loads = 0;
  std::thread first([&] {
    get(here, {"a", "b"}, [&](const Texts& missing) {
      ++loads;
      gate.pass();
      return missing;
    });
  });
  REQUIRE(gate.wait_until_entered());
  Texts values;
  std::thread second([&] {
    values = get(here, {"c", "b"}, [&](const Texts& missing) {
      ++loads;
      gate.open();
      return missing;
    });
  });
  second.join();
  first.join();
  CHECK(values == Texts{"c", "b"});
  CHECK(loads == 2);
  CHECK(here.pages.statistics().misses == 4);
}

TEST_CASE_FIXTURE(HybridManyFixture,
                  "Hybrid: many: the shared half is asked for all of them at once") {
  Texts keys;
  for (std::size_t i = 0; i < SharedHalf::kMostAsks; ++i) {
    keys.push_back(std::to_string(i));
  }
  get(there, keys, [](const Texts& missing) { return missing; }, {.tags = {"t"}});
  here.shared->calls = 0;
  CHECK(get(here, keys, loader(), {.tags = {"t"}}) == keys);
  CHECK(here.shared->calls == 1);
  CHECK(asked.empty());
  CHECK(here.pages.statistics().shared_hits == keys.size());
  // Of more than go together, the rest by itself.
  settle(there.pages.clear());
  keys.insert(keys.end(), {"one more", "and another"});
  get(there, keys, [](const Texts& missing) { return missing; });
  here.shared->calls = 0;
  CHECK(get(here, keys, loader()) == keys);
  CHECK(here.shared->calls == 2);
}

TEST_CASE_FIXTURE(HybridManyFixture,
                  "Hybrid: many: what is invalidated while it is read is not kept") {
  const Texts keys{"a", "b"};
  get(there, keys, loader());
  here.shared->after_read = [&](const std::string&) { settle(there.pages.remove("a")); };
  CHECK(get(here, keys, [](const Texts& missing) { return Texts(missing.size(), "new"); }) ==
        Texts{"new", "made b"});
  CHECK(*here.pages.get("b") == "made b");
  CHECK(*there.pages.get("a") == "new");
}

TEST_CASE_FIXTURE(HybridManyFixture, "Hybrid: many: no lease is taken") {
  const std::string other = "sqlite:" + (dir / "other.db").string() + "?deadline=20s";
  HybridMember one(other, "one", open_shared_cache(other),
                   {.one_load_across_nodes = std::chrono::minutes(10)});
  CHECK(get(one, {"a", "b"}, [&](const Texts& missing) {
          CHECK(open_shared_cache(other)->keys().empty());
          return missing;
        }) == Texts{"a", "b"});
  CHECK(one.pages.statistics().waits_for_nodes == 0);
}

TEST_CASE_FIXTURE(HybridManyFixture, "Hybrid: many: out of reach, the loader makes them all") {
  CHECK(*there.pages.get("a", make("a")) == "a");
  here.shared->is_out = true;
  CHECK(get(here, {"a", "b"}, loader()) == Texts{"made a", "made b"});
  CHECK(here.pages.statistics().failed_reads == 1);
  CHECK(here.pages.statistics().shared_misses == 0);
  CHECK(get(here, {"a", "b"}, loader()) == Texts{"made a", "made b"});
  CHECK(asked.size() == 1);
}

TEST_CASE("Hybrid: many: a hit in the process renews a sliding entry in the shared half") {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  std::atomic<std::int64_t> now = 1;
  HybridMember member(store, "here", open_shared_cache(store), {.clock = [&] {
                        return std::chrono::nanoseconds(std::chrono::milliseconds(now.load()));
                      }});
  const auto get = [&] {
    return *member.pages
                .get_many(Texts{"a", "b", "c"}, [](const Texts& missing) { return missing; },
                          {.expiry = {.sliding = 40s}, .tags = {"t"}})
                .at(0);
  };
  CHECK(get() == "a");
  member.shared->calls = 0;
  CHECK(get() == "a");
  CHECK(member.shared->calls == 0);
  now += 10'001;
  CHECK(get() == "a");
  CHECK(get() == "a");
  CHECK(member.shared->calls == 1);
}

}  // namespace
}  // namespace crier::test
