// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "cache/hybrid/sweep.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// In parts, as a test says.
class PartedHalf final : public SharedHalf {
 public:
  HybridRecord record;
  std::vector<std::string> places;  // that a walk goes through
  std::vector<std::string> asked;
  bool fails = false;
  int reads = 0;

  Read read(std::string_view, std::string_view, std::span<const std::uint64_t>) override {
    ++reads;
    return {{}, record, {}};
  }
  Written write(const Write& write) override { return {true, write.next}; }
  Swept sweep(std::string_view cache, const std::string& place) override {
    if (fails) {
      throw Error("sweep", "out of reach", Error::Kind::retryable);
    }
    CHECK(cache == "c");
    asked.push_back(place);
    const auto here = std::find(places.begin(), places.end(), place);
    const bool is_last = here == places.end() || here + 1 == places.end();
    return {2, is_last ? "" : *(here + 1)};
  }
  [[nodiscard]] SharedExpiry used(const SharedExpiry& expiry) const override { return expiry; }
  void check_size(std::size_t) const override {}
};

struct SweepFixture {
  std::shared_ptr<PartedHalf> half = std::make_shared<PartedHalf>();
  Sweep sweep{half, "c"};
  Sweep::Time now = Sweep::Time() + 1h;

  SweepFixture() {
    half->record = {7, {{3}, {1}}, {2}};
    half->places = {"", "a", "b"};
  }
  void step(std::chrono::milliseconds later = 1s) { sweep.step(now += later); }
  // Steps until the walk is over; how many parts it had.
  std::size_t walk() {
    half->asked.clear();
    do {
      step();
    } while (sweep.is_under_way());
    return half->asked.size();
  }
};

TEST_CASE_FIXTURE(SweepFixture, "sweep: a walk goes over all parts, once") {
  CHECK(walk() == 3);
  CHECK(half->asked == half->places);
  CHECK(sweep.removed() == 6);
  now += 1h;
  CHECK(walk() == 0);
  half->record.through = {{9}, {4}};  // nothing is void by that
  CHECK(walk() == 0);
  SUBCASE("and again if the floor was raised") { half->record.floor = {5}; }
  SUBCASE("and again if there is another record") { half->record.generation = 8; }
  CHECK(walk() == 3);
  CHECK(walk() == 0);
}

TEST_CASE_FIXTURE(SweepFixture, "sweep: what is cleared during a walk is swept by the next one") {
  step();
  half->record.floor = {5};
  CHECK(sweep.is_under_way());
  CHECK(walk() == 2);
  now += 1h;
  CHECK(walk() == 3);
}

TEST_CASE_FIXTURE(SweepFixture, "sweep: no more than a tenth of the time goes into walks") {
  CHECK(walk() == 3);  // takes two seconds
  half->record.floor = {5};
  step(16s);
  CHECK(half->asked.size() == 3);
  step(2s);
  CHECK(half->asked.size() == 4);
}

TEST_CASE_FIXTURE(SweepFixture, "sweep: without a record there is nothing to do") {
  half->record = {};
  CHECK(walk() == 0);
  half->record = {7, {}, {}};
  CHECK(walk() == 3);
  Sweep none(nullptr, "c");
  none.step(now);
  CHECK_FALSE(none.is_under_way());
}

TEST_CASE_FIXTURE(SweepFixture, "sweep: after a failure it rests, ever longer, and goes on") {
  step();
  half->fails = true;
  for (const auto rest : {1min, 2min, 4min, 8min, 16min, 32min, 64min, 64min}) {
    CHECK_THROWS_AS(step(), Error);
    step(rest - 2s);  // throws nothing
    now += 2s;
  }
  half->fails = false;
  CHECK(walk() == 2);
  CHECK(half->asked == std::vector<std::string>{"a", "b"});
  half->record.floor = {5};
  half->fails = true;
  now += 3h;
  CHECK_THROWS_AS(step(), Error);
  half->fails = false;
  now += 1min;
  CHECK(walk() == 3);
}

}  // namespace
}  // namespace crier::test
