// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/shared_json.hpp>

#include "node_fixture.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(NodeFixture,
                  "Node: its shared cache is that of every node, and of who has none") {
  Member one(options());
  Member other(options());
  one.node->start();
  other.node->start();
  one.node->shared_cache().set("a", "1");
  CHECK(other.node->shared_cache().get("a") == "1");
  CHECK(open_shared_cache(options().store)->get("a") == "1");
  CHECK(one.node->shared_cache().name() == options().store);
  const SharedStamp miss = one.node->shared_cache().lookup("b").stamp;
  other.node->shared_cache().remove("b");
  CHECK_FALSE(one.node->shared_cache().add("b", "2", miss));
  one.node->shared_cache().refresh("a");
}

TEST_CASE_FIXTURE(NodeFixture, "Node: its shared cache works between start and stop") {
  Member member(options());
  SharedCache& cache = member.node->shared_cache();
  CHECK(message_of([&] { static_cast<void>(cache.get("a")); }) ==
        "the node does not run: use its shared cache between start() and stop()");
  member.node->start();
  cache.set("a", "1");
  member.node->stop();
  CHECK_THROWS_AS(cache.set("a", "2"), Error);
  member.node->start();
  CHECK(cache.get("a") == "1");
}

TEST_CASE("Node: a single server shares no cache, and says so") {
  Member member((Options()));
  member.node->start();
  const Error error = error_of([&] { member.node->shared_cache().set("a", "1"); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()).find("Options::store") != std::string::npos);
}

TEST_CASE_FIXTURE(NodeFixture, "Node: one that only reads can read the shared cache") {
  Member writer(options());
  writer.node->start();
  writer.node->shared_cache().set("a", "1", {.sliding = 1ms});
  writer.node->shared_cache().set("b", "1");
  Options read_only = options();
  read_only.migrate_on_start = false;
  read_only.read_only = true;
  Member reader(read_only);
  reader.node->start();
  CHECK(reader.node->shared_cache().get("b") == "1");
  CHECK_THROWS_AS(reader.node->shared_cache().set("b", "2"), Error);
}

TEST_CASE_FIXTURE(NodeFixture, "Node: the options of its shared cache hold") {
  Options changed = options();
  changed.shared_cache.max_value_bytes = 3;
  Member member(changed);
  member.node->start();
  CHECK(error_of([&] { member.node->shared_cache().set("a", "1234"); }).invalid_argument());
}

TEST_CASE_FIXTURE(NodeFixture, "values travel as JSON") {
  Member member(options());
  member.node->start();
  SharedCache& cache = member.node->shared_cache();
  using Prices = std::map<std::string, int>;
  set_json(cache, "prices", Prices{{"A-1", 1290}}, {.after = 1h});
  CHECK(cache.get("prices") == R"({"A-1":1290})");
  CHECK(get_json<Prices>(cache, "prices") == Prices{{"A-1", 1290}});
  CHECK_FALSE(get_json<Prices>(cache, "none"));
  cache.set("text", "{");
  CHECK(message_of([&] {
          static_cast<void>(get_json<Prices>(cache, "text"));
        }).starts_with("the value of 'text' in the shared cache can't be read: "));
  set_json(cache, "other", 7);
  CHECK_THROWS_AS(static_cast<void>(get_json<Prices>(cache, "other")), Error);
  CHECK(error_of([&] { set_json(cache, "bad", std::string("\xff")); }).invalid_argument());
}

}  // namespace
}  // namespace crier::test
