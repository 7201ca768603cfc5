// SPDX-License-Identifier: MIT
// Who takes off the shared half what a clear has made void there, and when.
#include <crier/refresher.hpp>
#include <crier/registry.hpp>

#include "node/sweeper.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr Guid kUntidy = Guid::parse("0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11").value();

class Untidy final : public CacheRefresher, public LogFollower {
 public:
  int parts = 0;  // that are left
  int swept = 0;

  [[nodiscard]] Guid id() const override { return kUntidy; }
  [[nodiscard]] std::string_view name() const override { return "untidy"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}

  void follow(std::shared_ptr<LogAccess>) override {}
  void stay_alone() const override {}
  void restart(const Cursor&, std::uint64_t) override {}
  void begin(const Cursor&, const Decoded&) override {}
  void pass_own(const Decoded&) override {}
  void published(EntryId, std::span<const Instruction>) noexcept override {}
  [[nodiscard]] bool shares() const noexcept override { return true; }
  [[nodiscard]] bool sweep() noexcept override {
    ++swept;
    return --parts > 0;
  }
};

TEST_CASE("sweeper: the leader sweeps in each interval, part by part") {
  const auto untidy = std::make_shared<Untidy>();
  Registry registry;
  registry.add(untidy);
  const LogFollowers followers(registry);
  CHECK(followers.any_shares());
  Role role = Role::subscriber;
  Sweeper::Time now = Sweeper::Time() + 1h;
  Sweeper sweeper(
      followers, [&](Sweeper::Time) { return role; }, 1min, now);
  const auto step = [&](std::chrono::milliseconds later) {
    now += later;
    const Stepped stepped = sweeper.step(now);
    CHECK(stepped.well);
    return *stepped.due - now;
  };
  CHECK(step(0s) == 1min);
  CHECK(step(1min) == 1min);
  CHECK(untidy->swept == 0);
  for (const Role leads : {Role::single, Role::scheduling_publisher}) {
    role = leads;
    untidy->swept = 0;
    untidy->parts = 3;
    CHECK(step(59s) == 1s);
    CHECK(untidy->swept == 0);
    CHECK(step(1s) == 50ms);
    CHECK(step(10ms) == 40ms);
    CHECK(step(40ms) == 50ms);
    CHECK(step(50ms) == 1min);
    CHECK(untidy->swept == 3);
  }
  role = Role::unknown;
  step(1min);
  CHECK(untidy->swept == 3);
}

}  // namespace
}  // namespace crier::test
