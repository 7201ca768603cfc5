// SPDX-License-Identifier: MIT
// Random histories of a cluster that does everything right, and what is made wrong in them: the
// checker accuses none of the former, and finds each of the latter.
#include "history/checker.hpp"
#include "history/right_history.hpp"
#include "simulation/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::history {
namespace {

using test::Random;

constexpr std::uint64_t kHistories = 300;

Checker judge(const std::vector<Event>& events) {
  Checker checker;
  for (const Event& event : events) {
    checker.take(event);
  }
  return checker;
}

std::string first_of(const Checker& checker) {
  return checker.findings().empty() ? "" : checker.findings()[0].what;
}

// One that fits, by chance; null if there is none.
template <class Fits>
Event* any_of(std::vector<Event>& events, Random& random, Fits fits) {
  const std::size_t first = random.below(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    Event& event = events[(first + i) % events.size()];
    if (fits(event)) {
      return &event;
    }
  }
  return nullptr;
}

// A read for which a bound is known, as of then: the version before is one too old.
bool is_bounded(const std::vector<Event>& events, const Event& read) {
  Checker checker;
  for (const Event& event : events) {
    const std::uint64_t before = checker.bounded_reads();
    checker.take(event);
    if (&event == &read) {
      return checker.bounded_reads() != before;
    }
  }
  return false;
}

TEST_CASE("a history that is right is accused of nothing") {
  std::uint64_t bounded = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    CAPTURE(seed);
    const Checker checker = judge(Right(seed).events());
    REQUIRE(first_of(checker) == "");
    bounded += checker.bounded_reads();
  }
  CHECK(bounded > kHistories * 10);
}

TEST_CASE("a read of a version that is too old is found") {
  std::size_t made = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    CAPTURE(seed);
    std::vector<Event> events = Right(seed).events();
    Random random(seed);
    Event* const read = any_of(events, random, [](const Event& event) {
      return event.kind == Kind::read && event.version > 9;
    });
    if (read != nullptr && is_bounded(events, *read)) {
      ++made;
      read->version = 9;  // what was there before all changes
      REQUIRE(judge(events).found() > 0);
    }
  }
  CHECK(made > kHistories / 10);
}

TEST_CASE("a read of a version that nobody wrote is found") {
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    CAPTURE(seed);
    std::vector<Event> events = Right(seed).events();
    Random random(seed);
    Event* const read =
        any_of(events, random, [](const Event& event) { return event.kind == Kind::read; });
    REQUIRE(read != nullptr);
    read->version += 1'000'000;
    REQUIRE(judge(events).count(Violation::uncommitted) == 1);
  }
}

TEST_CASE("an instruction that is left out is found") {
  std::size_t made = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    CAPTURE(seed);
    std::vector<Event> events = Right(seed).events();
    Random random(seed);
    const auto after = [&](const Event& event) {
      return events.begin() + (&event - events.data()) + 1;
    };
    // The last that its node has applied to the key: no later one makes up for it.
    Event* const applied = any_of(events, random, [&](const Event& event) {
      return event.kind == Kind::applied &&
             std::none_of(after(event), events.end(), [&](const Event& later) {
               return later.kind == Kind::applied && later.node == event.node &&
                      later.keys == event.keys;
             });
    });
    // Its own, which it has applied as it published it, may be left out.
    const auto own = [&](const Event& event) {
      return event.kind == Kind::acknowledged && event.entry == applied->entry &&
             event.node == applied->node;
    };
    if (applied != nullptr && std::none_of(events.begin(), events.end(), own)) {
      ++made;
      events.erase(events.begin() + (applied - events.data()));
      REQUIRE(judge(events).count(Violation::lost) > 0);
    }
  }
  CHECK(made > kHistories / 10);
}

TEST_CASE("what was served and is rolled back is found") {
  std::size_t made = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    CAPTURE(seed);
    std::vector<Event> events = Right(seed).events();
    Random random(seed);
    Event* const acknowledged = any_of(events, random, [&](const Event& event) {
      if (event.kind != Kind::acknowledged) {
        return false;
      }
      const std::int64_t version = (&event - 1)->first;
      return std::any_of(events.begin(), events.end(), [version](const Event& read) {
        return read.kind == Kind::read && read.version == version;
      });
    });
    if (acknowledged != nullptr) {
      ++made;
      acknowledged->kind = Kind::failed;
      REQUIRE(judge(events).count(Violation::uncommitted) > 0);
    }
  }
  CHECK(made > kHistories / 2);
}

TEST_CASE("a node that goes on with what a restore took is found") {
  std::size_t made = 0;
  for (std::uint64_t seed = 1; seed <= kHistories; ++seed) {
    CAPTURE(seed);
    std::vector<Event> events = Right(seed).events();
    std::optional<std::int64_t> gone;
    std::string noticed;
    for (Event& event : events) {
      if (event.kind == Kind::restore) {
        gone = event.first;
        noticed.clear();
      } else if (gone && event.kind == Kind::resync) {
        noticed = event.node;
      } else if (event.kind == Kind::read && event.node == noticed) {
        const auto of = std::find_if(events.begin(), events.end(), [&](const Event& one) {
          return one.kind == Kind::publish && one.first == *gone;
        });
        if (of == events.end() || (of + 1)->kind == Kind::failed || of->keys != event.keys) {
          continue;
        }
        ++made;
        event.version = *gone;
        REQUIRE(judge(events).count(Violation::taken_back) > 0);
        break;
      }
    }
  }
  CHECK(made > 10);
}

}  // namespace
}  // namespace crier::history
