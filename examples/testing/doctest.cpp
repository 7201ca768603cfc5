// SPDX-License-Identifier: MIT
// How an application is tested that uses crier: without a server, a thread or a sleep.
#include <crier/testing.hpp>

#include "shop.hpp"

#include <string>
#include <vector>

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

using crier::testing::StoreFault;
using crier::testing::World;

namespace {

// Two nodes of a cluster.
struct Cluster {
  Table table{{42, "12.90"}};
  World world;  // before what has its nodes
  Shop one{table, world.options("web-1"), world.clock()};
  Shop two{table, world.options("web-2"), world.clock()};
};

}  // namespace

TEST_CASE_FIXTURE(Cluster, "a change is loaded anew") {
  CHECK(one.price(42) == "12.90");
  CHECK(one.price(42) == "12.90");
  CHECK(one.loads == 1);
  one.change_price(42, "14.90");
  CHECK(one.price(42) == "14.90");
}

TEST_CASE_FIXTURE(Cluster, "other nodes drop what has changed") {
  CHECK(two.price(42) == "12.90");
  one.change_price(42, "14.90");
  CHECK(two.price(42) == "12.90");  // it has not looked yet
  world.settle();
  CHECK(two.price(42) == "14.90");
}

TEST_CASE_FIXTURE(Cluster, "a price is kept for an hour") {
  one.price(42);
  world.advance(59min);
  one.price(42);
  CHECK(one.loads == 1);
  world.advance(1min);
  one.price(42);
  CHECK(one.loads == 2);
}

TEST_CASE_FIXTURE(Cluster, "the shop waits until everyone has a change") {
  CHECK(one.is_everywhere(one.change_price(42, "14.90")));
  world.node("web-2").hold();                                // its process stands still
  CHECK(!one.is_everywhere(one.change_price(42, "15.90")));  // ten seconds later, and at once
}

TEST_CASE_FIXTURE(Cluster, "it goes on through an outage of the database") {
  one.price(42);
  world.fail(StoreFault::unreachable);
  CHECK(one.price(42) == "12.90");
  CHECK_THROWS_AS(one.change_price(42, "14.90"), crier::Error);
  world.advance(1min);
  CHECK(!one.is_ready());
  world.mend();
  world.advance(10s);  // who failed for long looks again after some seconds
  CHECK(one.is_ready());
}

TEST_CASE_FIXTURE(Cluster, "nothing old is served after a backup was restored") {
  const crier::EntryId backup = one.change_price(42, "14.90");
  one.change_price(42, "15.90");
  world.settle();
  CHECK(two.price(42) == "15.90");
  table[42] = "14.90";
  world.restore_to(backup);
  world.advance(1s);
  CHECK(two.price(42) == "14.90");
  CHECK(world.node("web-2").resyncs().size() == 1);
}

TEST_CASE_FIXTURE(Cluster, "nor by a node that was away for too long") {
  one.change_price(42, "13.90");
  world.settle();
  CHECK(two.price(42) == "13.90");
  world.node("web-2").hold();
  one.change_price(42, "14.90");
  one.change_price(43, "1.20");
  world.prune_through(world.newest());
  world.node("web-2").release();
  world.settle();
  CHECK(two.price(42) == "14.90");
  const std::vector<crier::Resync> resyncs = world.node("web-2").resyncs();
  REQUIRE(resyncs.size() == 1);
  CHECK(resyncs[0].reason == crier::ResyncReason::pruned);
}

TEST_CASE("a node that was killed starts again") {
  Table table{{42, "12.90"}};
  World world;
  {
    Shop killed(table, world.options("web-1"));
    world.node("web-1").crash();
  }
  Shop again(table, world.options("web-1"));
  CHECK(again.price(42) == "12.90");
}

TEST_CASE_FIXTURE(Cluster, "others may write to the log, and badly") {
  two.price(42);
  table[42] = "14.90";
  world.append_row("{ no JSON");
  world.settle();
  CHECK(two.price(42) == "14.90");  // whatever it meant: everything was dropped
  CHECK(!world.node("web-2").messages().empty());
}

TEST_CASE("two nodes render a page once") {
  World world;
  crier::Options options = world.options("web-1");
  Pages one(options, world.node("web-1").shared_cache(), world.clock());
  options = world.options("web-2");
  Pages two(options, world.node("web-2").shared_cache(), world.clock());
  CHECK(one.page("home") == "<p>home</p>");
  CHECK(two.page("home") == "<p>home</p>");
  CHECK(one.renders + two.renders == 1);
  one.change("home");
  world.settle();
  two.page("home");
  CHECK(one.renders + two.renders == 2);
}

TEST_CASE("without a store nothing else is needed") {
  Table table{{42, "12.90"}};
  Shop shop(table, {});  // a single server: neither a database nor a thread
  CHECK(shop.price(42) == "12.90");
  shop.change_price(42, "14.90");
  CHECK(shop.price(42) == "14.90");
}
