// SPDX-License-Identifier: MIT
// The classic races, each forced: a value that was read before an invalidation is kept nowhere.
#include "unit/hybrid_fixture.hpp"

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: a factory does not bring back what another node has set") {
  const auto value = here.pages.get("a", [&] {
    settle(there.pages.set("a", "new"));  // the factory has read before
    return std::string("old");
  });
  CHECK(*value == "old");  // who waits gets it
  CHECK(*here.pages.get("a", make("x")) == "new");
  CHECK(*there.pages.get("a", make("x")) == "new");
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: a factory does not bring back what another node has removed") {
  here.pages.get("a", [&] {
    settle(there.pages.remove("a"));
    return std::string("old");
  });
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: nor where the news is not here yet when the fill is tried") {
  EntryId id;
  here.shared->before_add = [&](const std::string&) { id = there.pages.remove("a"); };
  here.pages.get("a", make("old"));
  settle(id);
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: what was read from the shared cache before a set is not kept") {
  there.pages.set("a", "old");
  here.shared->after_lookup = [&](const std::string&) { settle(there.pages.set("a", "new")); };
  CHECK(*here.pages.get("a", make("x")) == "old");
  CHECK(*here.pages.get("a", make("x")) == "new");
  settle(there.pages.set("a", "older"));
  here.shared->after_lookup = [&](const std::string&) { settle(there.pages.set("a", "newer")); };
  CHECK(*here.pages.get("a") == "older");
  CHECK(*here.pages.get("a") == "newer");
  CHECK(made == 0);
}

TEST_CASE_FIXTURE(HybridFixture,
                  "Hybrid: who finds an entry to be of no use does not remove what was set since") {
  const auto raw = open_shared_cache(store);
  SUBCASE("outdated by its tag") {
    there.pages.set("a", "old", {.tags = {"t"}});
    settle(there.pages.remove_by_tag("t"));
  }
  SUBCASE("of another version") { raw->set("pages/a", "[]\n{\"not\":\"a text\"}"); }
  SUBCASE("of another version, without marks") { raw->set("pages/a", "no marks"); }
  here.shared->before_removal = [&](const std::string&) { settle(there.pages.set("a", "new")); };
  CHECK(*here.pages.get("a", make("x")) == "new");
  CHECK(*there.pages.get("a", make("x")) == "new");
  CHECK(made == 0);
}

TEST_CASE_FIXTURE(HybridFixture, "Hybrid: what is made while its tag is removed is not kept") {
  here.pages.get("a",
                 [&] {
                   settle(there.pages.remove_by_tag("t"));
                   return std::string("old");
                 },
                 {.tags = {"t"}});
  CHECK(there.pages.get("a") == nullptr);
  CHECK(here.pages.get("a") == nullptr);
}

}  // namespace
}  // namespace crier::test
