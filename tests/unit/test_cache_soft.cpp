// SPDX-License-Identifier: MIT
// KeepFor::soft_timeout: loads of what has expired that are slow.
#include "support/eventually.hpp"
#include "unit/failing_source.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const KeepFor kSoft{.absolute = 10ms, .stale_if_error = 20ms, .soft_timeout = 1ms};

TEST_CASE_FIXTURE(AheadFixture, "soft: who waits for a slow load gets what has expired") {
  open(kSoft);
  ms = 10;
  HeldGet held(*this, *region);
  REQUIRE(held.has_begun());
  CHECK(get_one() == "load 1");
  CHECK(region->statistics().stale_after_timeouts == 1);
  CHECK(held.let_go() == "load 2");
  CHECK(get_one() == "load 2");
}

TEST_CASE_FIXTURE(AheadFixture, "soft: if there is nothing that has expired of late, all wait") {
  open(kSoft);
  ms = 10;
  SUBCASE("taken away") { region->evict(1); }
  SUBCASE("too old") { ms = 30; }
  HeldGet held(*this, *region);
  REQUIRE(held.has_begun());
  auto waiter = std::async(std::launch::async, [&] { return get_one(); });
  CHECK(eventually([&] { return region->statistics().misses == 3; }));
  CHECK(held.let_go() == "load 2");
  CHECK(waiter.get() == "load 2");
  CHECK(region->statistics().stale_after_timeouts == 0);
}

TEST_CASE_FIXTURE(ExecutorAheadFixture, "soft: with an executor, nobody waits for long") {
  open(kSoft);
  ms = 10;
  CHECK(get_one() == "load 1");
  CHECK(get_one() == "load 1");
  CHECK(loads == 1);
  CHECK(region->statistics().stale_after_timeouts == 2);
  CHECK(later.run() == 1);
  CHECK(get_one() == "load 2");
}

TEST_CASE_FIXTURE(ExecutorAheadFixture, "soft: with an executor, a load that fails is told of") {
  auto options = this->options(kSoft);
  options.executor = [](const std::function<void()>& task) { task(); };
  region = std::make_unique<Region>("names", options);
  CHECK(get_one() == "load 1");
  ms = 10;
  is_down = true;
  CHECK(get_one() == "load 1");
  CHECK(region->statistics().stale_after_errors == 1);
  CHECK(told == std::vector<std::string>{"1: down"});
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "soft: what an executor has not begun, and nothing stands in for, runs here") {
  auto options = this->options(kSoft);
  std::size_t queued = 1;
  SUBCASE("it takes its time") {
    options.executor = [this](std::function<void()> task) {
      region->evict(1);
      later.add(std::move(task));
    };
  }
  SUBCASE("it throws") {
    queued = 0;
    options.executor = [](const std::function<void()>&) { throw std::runtime_error("full"); };
  }
  region = std::make_unique<Region>("names", options);
  CHECK(get_one() == "load 1");
  ms = 10;
  CHECK(get_one() == "load 2");
  CHECK(later.run() == queued);
  CHECK(loads == 2);
}

TEST_CASE_FIXTURE(ExecutorAheadFixture,
                  "soft: who began a load and left may wait for it later, and is not its own") {
  open(kSoft);
  ms = 10;
  CHECK(get_one() == "load 1");
  Gate gate;
  while_loading = [&] { gate.pass(); };
  auto running = std::async(std::launch::async, [&] { return later.run(); });
  REQUIRE(gate.wait_until_entered());
  CHECK(get_one() == "load 1");
  gate.open();
  CHECK(running.get() == 1);
  CHECK(get_one() == "load 2");
}

TEST_CASE_FIXTURE(ExecutorAheadFixture, "soft: a factory that can't be moved runs on its thread") {
  open(kSoft);
  ms = 10;
  struct Fixed {
    Fixed() = default;
    Fixed(const Fixed&) = delete;
    Fixed& operator=(const Fixed&) = delete;
    std::string operator()(std::int64_t id) const { return "fixed " + std::to_string(id); }
  };
  const Fixed fixed;
  CHECK(*region->get(1, fixed) == "fixed 1");
  CHECK(later.run() == 0);
}

}  // namespace
}  // namespace crier::test
