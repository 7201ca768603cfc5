// SPDX-License-Identifier: MIT
// Rows that name refreshers which nobody has registered, and may have made up.
#include "dispatcher_fixture.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace crier::test {
namespace {

using std::chrono::minutes;

// Fails at whatever nobody has registered, and counts how often each is asked of it.
class PickyFallback final : public FallbackRefresher {
 public:
  std::map<Guid, int> asked;
  int all = 0;
  bool is_broken = true;

  void refresh_all() override {
    ++all;
    if (is_broken) {
      throw std::runtime_error("broken");
    }
  }
  void apply(const Instruction& instruction, const Source&) override {
    ++asked[instruction.refresher];
    throw std::runtime_error("who is that?");
  }
};

struct UnclaimedFixture : DispatcherFixture {
  std::shared_ptr<PickyFallback> fallback = std::make_shared<PickyFallback>();

  // As the poller does for what could not be read in 20 rows.
  void refresh_made_up_ones() {
    for (int i = 0; i < 1000; ++i) {
      dispatcher.refresh(Guid::random(), source, caller.position_limit);
    }
  }
};

TEST_CASE_FIXTURE(UnclaimedFixture, "unclaimed: without a fallback they concern nobody") {
  refresh_made_up_ones();
  CHECK(dispatcher.is_idle());
}

TEST_CASE_FIXTURE(UnclaimedFixture, "unclaimed: none is refreshed again and again") {
  registry.set_fallback(fallback);
  refresh_made_up_ones();
  for (int i = 0; i < 20; ++i) {
    run_after(minutes(10));
  }
  // Few of them are known one by one, and none is tried twice: the fallback is, as a whole.
  CHECK(fallback->asked.size() <= 18);
  for (const auto& [guid, times] : fallback->asked) {
    CHECK(times == 1);
  }
  CHECK(fallback->all >= 10);
  const auto troubles = dispatcher.troubles();
  REQUIRE(troubles.size() == 1);
  CHECK(troubles[0].refresher == Guid());
  CHECK(troubles[0].name == "fallback");
  CHECK(position_limit() == 6);  // until that is done

  fallback->is_broken = false;
  run_after(minutes(10));
  CHECK(dispatcher.is_idle());
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(UnclaimedFixture, "unclaimed: an instruction for one is tried as any other is") {
  registry.set_fallback(fallback);
  fallback->is_broken = false;
  apply(Instruction::refresh_by_id(kUnknown, 1));
  for (int i = 0; i < 20; ++i) {
    run_after(minutes(10));
  }
  CHECK(fallback->asked[kUnknown] <= 5);  // with its retries, and its full refresh once
  CHECK(fallback->all == 1);
  CHECK(quarantined().size() == 1);
  CHECK(dispatcher.is_idle());
}

}  // namespace
}  // namespace crier::test
