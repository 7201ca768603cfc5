// SPDX-License-Identifier: MIT
// What a dispatcher does not take in, or does not run.
#include "dispatcher_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <stdexcept>

namespace crier::test {

using std::chrono::minutes;

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: however many nobody claims, few of them have a queue of their own") {
  constexpr std::size_t kOwn = 16 + 2;  // and one for each that is registered
  const auto fallback = std::make_shared<RecordingFallback>(record);
  fallback->before = [] { throw std::runtime_error("broken"); };
  registry.set_fallback(fallback);
  const Guid first = Guid::random();
  apply(Instruction::refresh_by_id(first, 1));
  for (int i = 0; i < 40; ++i) {
    apply(Instruction::refresh_by_id(Guid::random(), 1));
  }
  // What has a queue stays in it, and who is registered has one in any case.
  apply(Instruction::refresh_by_id(first, 2));
  products_fail();
  apply(Instruction::refresh_by_id(kProducts, 1));
  std::set<Guid> queues;
  for (const RefresherTrouble& trouble : dispatcher.troubles()) {
    queues.insert(trouble.refresher);
  }
  CHECK(queues.size() == kOwn + 2);
  CHECK(queues.contains(first));
  CHECK(queues.contains(Guid()));
  CHECK(queues.contains(kProducts));
  CHECK(position_limit() == 6);

  fallback->before = [] {};
  products->before = nullptr;
  CHECK(run_after(minutes(1)).size() == 43);
  CHECK(dispatcher.troubles().empty());
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(DispatcherFixture,
                  "Dispatcher: what fails in the shared queue is known by its own refresher") {
  const auto fallback = std::make_shared<RecordingFallback>(record);
  fallback->before = [] { throw std::runtime_error("broken"); };
  registry.set_fallback(fallback);
  for (int i = 0; i < 18; ++i) {
    apply(Instruction::refresh_by_id(Guid::random(), 1));
  }
  apply(Instruction::refresh_by_id(kUnknown, 1));
  for (int i = 0; i < 4; ++i) {
    run_after(minutes(1));
  }
  CHECK(std::ranges::count(quarantined(), kUnknown, &FailureRecord::refresher) == 1);
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: collects no failures that nobody writes down") {
  Dispatcher reading(registry, notifier, reporter,
                     {.retry = {}, .clock = [this] { return now; }, .records_failures = false});
  int given_up = 0;
  reading.connect({.work = [] {}, .given_up = [&] { ++given_up; }});
  reading.give_up({FailureKind::unreadable, source, 0, kProducts, {}, "torn"},
                  caller.position_limit, {});
  CHECK(observer->record.take() == Lines{"failed 7  unreadable #1: torn"});
  CHECK(given_up == 0);
  reading.quarantine().flush([](const auto&) { FAIL("nothing was to be collected"); });
}

TEST_CASE_FIXTURE(DispatcherFixture, "Dispatcher: a call that may not be made leaves nothing") {
  int asked = 0;
  const CallContext gone{
      1, {{6}, {}}, false, [&] {
        ++asked;
        CHECK_FALSE(dispatcher.running(1).empty());  // the queues know of it already
        return false;
      }};
  dispatcher.apply(Instruction::refresh_by_id(kProducts, 1), 0, source, gone);
  CHECK(asked == 1);
  CHECK(record.take().empty());
  CHECK(position_limit() == -1);
  CHECK(dispatcher.running(1).empty());
  CHECK(dispatcher.troubles().empty());
  CHECK(reporter.counters().applied == 0);
  apply(Instruction::refresh_by_id(kProducts, 2));
  CHECK(record.take() == Lines{"products refresh 2"});
}

}  // namespace crier::test
