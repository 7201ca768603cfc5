// SPDX-License-Identifier: MIT
// What rows and applications say may be anything: nothing is thrown for it, and what is kept of it
// is text that every database takes.
#include <crier/codec.hpp>

#include "base/utf8.hpp"
#include "dispatcher_fixture.hpp"

#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace crier::test {
namespace {

class SilentError final : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return nullptr; }
};

bool is_storable(const std::string& text) {
  return is_utf8(text) && text.find('\0') == std::string::npos && text.size() <= 8 * 1024;
}

// Everything of it that is written somewhere.
void check(const FailureRecord& record) {
  CHECK(is_storable(record.error));
  CHECK_FALSE(record.error.empty());
  CHECK(is_storable(record.name));
  CHECK(is_utf8(record.json_instruction));
}

struct TextsFixture : DispatcherFixture {
  // Until it is given up.
  void run_out() {
    for (int i = 0; i < 6; ++i) {
      run_after(std::chrono::minutes(1));
    }
  }
};

TEST_CASE_FIXTURE(TextsFixture, "texts: JSON that is not UTF-8 is given up like any other") {
  const std::string payload = "{/*\xff*/}";
  SUBCASE("by a refresher that takes no JSON") {
    CHECK_NOTHROW(apply(Instruction::refresh_by_json(kOrders, payload)));
  }
  SUBCASE("by one that fails") {
    products_fail();
    CHECK_NOTHROW(apply(Instruction::refresh_by_json(kProducts, payload)));
    CHECK_NOTHROW(run_out());
  }
  const auto records = quarantined();
  REQUIRE(records.size() == 1);
  check(records[0]);
  CHECK(records[0].json_instruction.empty());  // it could not be published again
  products->before = nullptr;
  run_out();
  CHECK(position_limit() == -1);
}

TEST_CASE_FIXTURE(TextsFixture, "texts: an instruction that is larger than any is not kept") {
  const std::string large = '"' + std::string(17 * 1024 * 1024, 'x') + '"';
  apply(Instruction::refresh_by_json(kOrders, large));
  const auto records = quarantined();
  REQUIRE(records.size() == 1);
  CHECK(records[0].json_instruction.empty());
}

TEST_CASE_FIXTURE(TextsFixture, "texts: whatever an exception says") {
  std::function<void()> fail;
  SUBCASE("no UTF-8") {
    fail = [] { throw std::runtime_error("caf\xe9"); };
  }
  SUBCASE("nothing at all") {
    fail = [] { throw SilentError(); };
  }
  SUBCASE("a megabyte") {
    fail = [] { throw std::runtime_error(std::string(1024 * 1024, '\xc3')); };
  }
  SUBCASE("what is no std::exception") {
    fail = [] { throw 7; };  // NOLINT(hicpp-exception-baseclass)
  }
  products->before = [fail](const std::string&) { fail(); };
  CHECK_NOTHROW(apply(Instruction::refresh_by_id(kProducts, 1)));
  CHECK_NOTHROW(run_out());
  const auto records = quarantined();
  REQUIRE(records.size() == 1);
  check(records[0]);
  CHECK(is_storable(reporter.last_error()));
  for (const RefresherTrouble& trouble : dispatcher.troubles()) {
    CHECK(is_storable(trouble.what));
  }
}

TEST_CASE_FIXTURE(TextsFixture, "texts: whatever a refresher is called") {
  std::string name;
  SUBCASE("no UTF-8") { name = "caf\xe9"; }
  SUBCASE("a NUL in it") { name = std::string("a\0b", 3); }
  SUBCASE("a megabyte") { name = std::string(1024 * 1024, 'x'); }
  const auto odd = std::make_shared<RecordingRefresher>(kUnknown, std::move(name), record);
  odd->before = [](const std::string&) { throw std::runtime_error("broken"); };
  registry.add(odd);
  apply(Instruction::refresh_by_id(kUnknown, 1));
  run_out();
  const auto records = quarantined();
  REQUIRE(records.size() == 1);
  check(records[0]);
  CHECK(records[0].name.size() <= 255);
  CHECK(is_storable(reporter.last_error()));
}

// An application that fails wherever it is called.
class FailingObserver final : public Observer {
 public:
  void on_applied(const Instruction&, const Source&) override { throw SilentError(); }
  void on_failure(const Failure&) override { throw std::runtime_error("caf\xe9"); }
  void on_retry(const Failure&) override { throw 7; }  // NOLINT(hicpp-exception-baseclass)
  void on_refresher_changed(const RefresherTrouble&) override { throw SilentError(); }
};

TEST_CASE("texts: an observer, a handler and a log that throw stop nothing") {
  Record record;
  Registry registry;
  const auto products = std::make_shared<RecordingRefresher>(kProducts, "products", record);
  registry.add(products);
  Reporter reporter{std::make_shared<FailingObserver>(),
                    [](LogLevel, std::string_view) { throw SilentError(); }};
  Notifier notifier{reporter};
  const Subscription subscription =
      notifier.subscribe([](const CacheUpdated&) { throw SilentError(); });
  Dispatcher dispatcher{registry, notifier, reporter, {.retry = {.retries = 0}}};
  const auto apply = [&](std::int64_t id) {
    dispatcher.apply(Instruction::refresh_by_id(kProducts, id), 0, {{id}, "other"}, {1, {}});
  };
  CHECK_NOTHROW(apply(1));
  products->before = [](const std::string&) { throw SilentError(); };
  CHECK_NOTHROW(apply(2));
  CHECK_NOTHROW(dispatcher.run_due(1));
  products->before = nullptr;
  CHECK_NOTHROW(apply(3));
  CHECK(record.lines().front() == "products refresh 1");
}

}  // namespace
}  // namespace crier::test
