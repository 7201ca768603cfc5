// SPDX-License-Identifier: MIT
// Many values of a shared half, read together: each is judged by itself, and what takes time is
// done once.
#include "simulation/random.hpp"
#include "unit/rule_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <map>

namespace crier::test {
namespace {

using Texts = std::vector<std::string>;

struct RuleManyFixture : RuleFixture {
  const Texts keys{"1", "2", "3"};

  /// Each with the tags; "" if there is none that may be served.
  static Texts get(RuledNode& node, const Texts& keys, const Texts& tags = {}) {
    std::vector<RuledHalf::Wanted> wanted;
    for (const std::string& key : keys) {
      wanted.push_back({key, tags});
    }
    Texts values;
    for (RuledHalf::Found& one :
         node.half.read(wanted, [](std::size_t, const std::string&) { return true; })) {
      values.push_back(one.data.value_or(""));
    }
    return values;
  }
  void make_all(RuledNode& node, const Texts& tags = {}) {
    for (const std::string& key : keys) {
      node.make(key, "v" + key, tags);
    }
  }
};

TEST_CASE_FIXTURE(RuleManyFixture, "rule: many: each is judged by itself") {
  a.make("1", "old", {"t"});
  a.make("2", "v2");
  a.make("3", "old");
  remove("3");
  a.read_all();
  a.make("3", "v3");
  remove_tag("t");
  read_all();
  CHECK(get(b, {"1", "2", "3", "none"}, {"t"}) == Texts{"", "v2", "v3", ""});
  CHECK(b.half.counts().shared_hits == 2);
  CHECK(b.half.counts().shared_misses == 2);
  CHECK(get(b, {}).empty());
}

TEST_CASE_FIXTURE(RuleManyFixture, "rule: many: a mark of one concerns no other") {
  make_all(a);
  remove("2");
  a.read_all();
  a.half.move_on();  // the record knows of it, and b does not yet
  b.log->on_hurry = [&] { b.read_all(); };
  CHECK(get(b, keys) == Texts{"v1", "", "v3"});
}

TEST_CASE_FIXTURE(RuleManyFixture,
                  "rule: many: tags that were not expected are asked for at once") {
  a.make("1", "v1", {"x"});
  a.make("2", "v2");
  a.make("3", "v3", {"x", "y"});
  CHECK(get(b, keys) == Texts{"v1", "v2", "v3"});
  remove_tag("y");
  read_all();
  CHECK(get(b, keys) == Texts{"v1", "v2", ""});
}

TEST_CASE_FIXTURE(RuleManyFixture, "rule: many: what is to come here is waited for once") {
  write_other();
  a.read_all();
  make_all(a);
  int rung = 0;
  b.log->on_hurry = [&] { ++rung; };
  CHECK(get(b, keys) == Texts{"", "", ""});  // it does not come
  CHECK(rung == 1);
  b.log->on_hurry = [&] {
    ++rung;
    b.read_all();
  };
  CHECK(get(b, keys) == Texts{"v1", "v2", "v3"});
  CHECK(rung == 2);
}

TEST_CASE_FIXTURE(RuleManyFixture,
                  "rule: many: a record that nothing is known of has one look at the log") {
  make_all(a);
  remove("2");
  read_all();
  RuledNode c(store);  // begins after the record's entry
  int looks = 0;
  c.log->on_look = [&] { ++looks; };
  CHECK(get(c, keys) == Texts{"v1", "", "v3"});
  CHECK(looks == 1);
  CHECK(c.half_record().through.id == EntryId{1});
  CHECK(get(c, keys) == Texts{"v1", "", "v3"});
  CHECK(looks == 1);
}

TEST_CASE_FIXTURE(RuleManyFixture, "rule: many: a look at the log that fails is one trouble") {
  make_all(a);
  remove("2");
  read_all();
  RuledNode c(store);
  int looks = 0;
  c.log->on_look = [&] {
    ++looks;
    throw Error("read", "the log is out of reach", Error::Kind::retryable);
  };
  CHECK(get(c, keys) == Texts{"", "", ""});
  CHECK(looks == 1);
  CHECK(c.troubles.size() == 1);
  CHECK(c.half.counts().failed_reads == 1);
  CHECK(c.half.counts().shared_misses == 3);
}

TEST_CASE_FIXTURE(RuleManyFixture, "rule: many: the first record is made once") {
  int looks = 0;
  a.log->on_look = [&] { ++looks; };
  CHECK(get(a, keys) == Texts{"", "", ""});
  CHECK(looks == 1);
  CHECK(a.half_record().generation != 0);
}

TEST_CASE_FIXTURE(RuleManyFixture, "rule: many: of more than go together none is left out") {
  Texts many;
  Texts values;
  for (std::size_t i = 0; i < 2 * SharedHalf::kMostAsks + 1; ++i) {
    many.push_back(std::to_string(i));
    values.push_back(i % 3 == 0 ? "v" + many.back() : "");
    if (i % 3 == 0) {
      a.make(many.back(), values.back());
    }
  }
  CHECK(get(b, many) == values);
  CHECK(b.half.counts().shared_hits + b.half.counts().shared_misses == many.size());
}

TEST_CASE("rule: many: nothing is older than what its node has applied, whatever happens") {
  constexpr std::size_t kKeys = 4;
  std::uint64_t hits = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    RuleManyFixture two;
    const CacheClock still = [] { return std::chrono::nanoseconds(1); };  // nobody waits
    RuledNode here(two.store, {}, still);
    RuledNode there(two.store, {}, still);
    const std::array<RuledNode*, 2> nodes{&here, &there};
    std::array<std::array<std::int64_t, kKeys>, 2> applied{};  // the newest change, by its entry
    std::array<std::int64_t, kKeys> newest{};
    const auto tag_of = [](std::size_t key) { return key % 2 == 0 ? "even" : "odd"; };
    for (int step = 0; step < 100; ++step) {
      const std::size_t one = random.below(2);
      RuledNode& node = *nodes.at(one);
      const std::size_t key = random.below(kKeys);
      switch (random.below(12)) {
        case 0:
          newest.at(key) = two.remove(std::to_string(key)).value;
          break;
        case 1: {
          const EntryId id = two.remove_tag(tag_of(key));
          for (std::size_t other = key % 2; other < kKeys; other += 2) {
            newest.at(other) = id.value;
          }
          break;
        }
        case 2:
          node.read_all();
          applied.at(one) = newest;
          break;
        case 3:
          if (random.below(4) == 0) {
            node.restart();
            applied.at(one) = newest;
          }
          break;
        case 4:
        case 5:
        case 6:
          node.make(std::to_string(key), std::to_string(newest.at(key)), {tag_of(key)}, [&] {
            if (random.below(4) == 0) {
              newest.at(key) = two.remove(std::to_string(key)).value;
            }
          });
          break;
        default: {
          Texts keys;
          for (std::size_t i = 0; i < kKeys; ++i) {
            keys.push_back(std::to_string(i));
          }
          const Texts values = RuleManyFixture::get(
              node, keys, random.below(2) == 0 ? Texts{} : Texts{"even", "odd"});
          for (std::size_t i = 0; i < kKeys; ++i) {
            if (!values[i].empty()) {
              ++hits;
              CHECK(std::stoll(values[i]) >= applied.at(one).at(i));
            }
          }
        }
      }
    }
  }
  CHECK(hits > 1000);
}

}  // namespace
}  // namespace crier::test
