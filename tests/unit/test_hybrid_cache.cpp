// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "unit/hybrid_fixture.hpp"

#include <atomic>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: this process is asked first, then the others, then the factory") {
  CHECK(*here.pages.get("a", make("1")) == "1");
  CHECK(*here.pages.get("a", make("2")) == "1");
  CHECK(*there.pages.get("a", make("3")) == "1");
  CHECK(made == 1);
  CHECK(here.pages.statistics().hits == 1);
  // Without the shared entry each still has its own.
  open_shared_cache(store)->remove("pages/a");
  CHECK(*there.pages.get("a") == "1");
  CHECK(here.pages.get("b") == nullptr);
  CHECK(*there.pages.get("b", make("b")) == "b");
  CHECK(*here.pages.get("b") == "b");
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: a set and a removal reach every node") {
  CHECK(*here.pages.get("a", make("1")) == "1");
  CHECK(*there.pages.get("a", make("1")) == "1");
  settle(here.pages.set("a", "2"));
  CHECK(*here.pages.get("a", make("x")) == "2");
  CHECK(*there.pages.get("a", make("x")) == "2");
  settle(there.pages.remove("a"));
  CHECK(here.pages.get("a") == nullptr);
  CHECK(there.pages.get("a") == nullptr);
  CHECK(*here.pages.get("a", make("3")) == "3");
  CHECK(made == 2);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: what bears a tag is removed everywhere, and nothing else") {
  const HybridEntry shoes{.tags = {"shoes", "sale"}};
  CHECK(*here.pages.get("a", make("a1"), shoes) == "a1");
  CHECK(*there.pages.get("b", make("b1"), {.tags = {"shoes"}}) == "b1");
  CHECK(*here.pages.get("c", make("c1"), {.tags = {"hats"}}) == "c1");
  here.pages.set("d", "d1", {.tags = {"sale"}});
  settle(here.pages.remove_by_tag("shoes"));
  CHECK(here.pages.get("a") == nullptr);
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("b") == nullptr);
  CHECK(*there.pages.get("c") == "c1");
  CHECK(*there.pages.get("d") == "d1");
  CHECK(*here.pages.get("a", make("a2"), shoes) == "a2");
  CHECK(*there.pages.get("a") == "a2");
  settle(there.pages.remove_by_tag("sale"));
  CHECK(here.pages.get("a") == nullptr);
  CHECK(there.pages.get("d") == nullptr);
  settle(here.pages.remove_by_tag("nobody bears it"));
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: a factory that throws, or has nothing, leaves nothing") {
  const auto fails = []() -> std::string { throw std::runtime_error("no"); };
  CHECK_THROWS_AS(here.pages.get("a", fails), std::runtime_error);
  CHECK(here.pages.get("a", [] { return std::optional<std::string>(); }) == nullptr);
  CHECK(there.pages.get("a") == nullptr);
  CHECK(*here.pages.get("a", make("1")) == "1");
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: what the shared cache does not take is kept here alone, and counted") {
  const std::string large(1024 * 1024, 'x');
  CHECK((*here.pages.get("large", make(large)) == large));
  CHECK((*here.pages.get("large", make("again")) == large));
  CHECK(there.pages.get("large") == nullptr);
  CHECK(here.pages.get("text", make("\xff"))->size() == 1);
  here.shared->read_only = true;
  CHECK(*here.pages.get("a", make("1")) == "1");
  CHECK(*here.pages.get("b", make("2"), {.tags = {"new"}}) == "2");
  CHECK(*here.pages.get("b") == "2");
  CHECK(made == 4);
  // It was left alone for a moment, unless that was over by then.
  const HybridStatistics counts = here.pages.statistics();
  CHECK(counts.failed_fills >= 3);
  CHECK(counts.failed_fills + counts.refused_fills == 4);
  REQUIRE(here.failed.size() == counts.failed_fills);
  CHECK(here.failed[0].find("max_value_bytes") != std::string::npos);
  CHECK(here.failed[1].find("can't be encoded") != std::string::npos);
  CHECK(here.failed[2] == "the cache is read-only");
  settle(there.pages.remove_by_tag("new"));
  CHECK(here.pages.get("b") == nullptr);
  // What is wrong with the call is said.
  const HybridEntry bad[] = {
      {.expiry = {.after = 0ms}}, {.expiry = {.sliding = -1ms}}, {.tags = {std::string(450, 't')}}};
  for (const HybridEntry& entry : bad) {
    CHECK(error_of([&] { here.pages.get("c", make("3"), entry); }).invalid_argument());
  }
  CHECK(made == 4);
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: the factory runs once, however many ask at once") {
  std::atomic<int> runs = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto value = here.pages.get("a", [&] {
        ++runs;
        return std::string("1");
      });
      if (value == nullptr || *value != "1") {
        std::abort();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(runs == 1);
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: what another version has stored is made anew") {
  open_shared_cache(store)->set("pages/a", "no marks");
  open_shared_cache(store)->set("pages/b", "[]\n{\"not\":\"a text\"}");
  CHECK(*here.pages.get("a", make("1")) == "1");
  CHECK(*here.pages.get("b", make("2")) == "2");
  CHECK(*there.pages.get("b") == "2");
}

TEST_CASE("Hybrid: a name whose entries could be another one's is refused") {
  Registry registry;
  for (const char* name : {"a/b", "a#b", "/", "#", ""}) {
    const Error error = error_of([&] { HybridCache<int>(registry, kHybrid, name, nullptr); });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()) ==
          "the name of a hybrid cache is not empty and has no '/', which its entries have in the "
          "shared cache, and no '#': '" +
              std::string(name) + "'");
  }
  CHECK(registry.all().empty());
}

TEST_CASE("Hybrid: one node needs no shared cache") {
  Registry registry;
  HybridCache<int> numbers(registry, kHybrid, "numbers", nullptr);
  CHECK_THROWS_AS(numbers.remove("a"), Error);  // there is no node yet
  Node node(Options(), registry);
  node.start();
  CHECK(*numbers.get("a", [] { return 1; }, {.tags = {"odd"}}) == 1);
  CHECK(*numbers.get("a") == 1);
  numbers.set("a", 3, {.tags = {"odd"}});
  CHECK(*numbers.get("a", [] { return 5; }) == 3);
  numbers.remove_by_tag("odd");
  CHECK(numbers.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: what the shared cache refuses is refused, and nobody is told") {
  const EntryId before = here.node.cache().refresh_all(kHybrid);
  CHECK(error_of([&] { here.pages.set(std::string(449, 'k'), "x"); }).invalid_argument());
  CHECK(error_of([&] { here.pages.set("a", "x", {.expiry = {.after = 0ms}}); }).invalid_argument());
  CHECK(error_of([&] { here.pages.remove("\xff"); }).invalid_argument());
  CHECK(here.node.cache().refresh_all(kHybrid).value == before.value + 1);
}

}  // namespace
}  // namespace crier::test
