// SPDX-License-Identifier: MIT
// What each call of a world's store does while something is wrong with it.
#include <crier/admin/store.hpp>
#include <crier/admin/surroundings.hpp>
#include <crier/error.hpp>
#include <crier/testing.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using testing::StoreFault;
using testing::World;

struct Call {
  std::string_view name;
  std::function<void(Connection&)> run;
};

const std::vector<std::string> kKeys{"key"};

const std::vector<Call> kReading{
    {"find_written", [](Connection& to) { to.log().find_written({}, "web-1", 1); }},
    {"stamps", [](Connection& to) { to.log().stamps({1}, 1); }},
    {"read_after", [](Connection& to) { to.log().read_after({}); }},
    {"heads", [](Connection& to) { to.log().heads({1}); }},
    {"read_before", [](Connection& to) { to.log().read_before({2}, 1); }},
    {"backlog", [](Connection& to) { to.log().backlog({}, 1); }},
    {"find", [](Connection& to) { to.log().find({1}); }},
    {"newest", [](Connection& to) { to.log().newest(); }},
    {"bounds", [](Connection& to) { to.log().bounds(); }},
    {"pruned_through", [](Connection& to) { to.log().pruned_through(); }},
    {"list", [](Connection& to) { to.nodes().list(); }},
    {"position_requests", [](Connection& to) { to.nodes().position_requests(); }},
    {"canary", [](Connection& to) { to.nodes().canary(); }},
    {"holder", [](Connection& to) { to.leases().holder(); }},
    {"events", [](Connection& to) { to.history().events({}); }},
    {"refreshers", [](Connection& to) { to.history().refreshers(); }},
    {"passages", [](Connection& to) { to.history().passages({1}); }},
    {"has_answered", [](Connection& to) { to.audit().has_answered({1}, {}); }},
    {"answers", [](Connection& to) { to.audit().answers({1}); }},
    {"list_failures", [](Connection& to) { to.failures().list(); }},
    {"find_failure", [](Connection& to) { to.failures().find(1); }},
    {"get", [](Connection& to) { to.cache().get("key"); }},
    {"peek", [](Connection& to) { to.cache().peek("key"); }},
    {"get_many", [](Connection& to) { to.cache().get_many(kKeys); }},
    {"lookup", [](Connection& to) { to.cache().lookup("key"); }},
    {"refresh", [](Connection& to) { to.cache().refresh("key"); }},
    {"keys", [](Connection& to) { to.cache().keys("", "", 1); }},
    {"stats", [](Connection& to) { to.cache().stats(); }},
    {"hybrid read", [](Connection& to) { to.hybrid().read("pages", "key", {}); }},
    {"hybrid read_many", [](Connection& to) { to.hybrid().read_many("pages", {}); }}};

const std::vector<Call> kWriting{
    {"append",
     [](Connection& to) {
       to.log().append(std::array{NewEntry{"web-1", 1, "[]"}});
     }},
    {"assign_pending_ids", [](Connection& to) { to.log().assign_pending_ids(); }},
    {"prune", [](Connection& to) { to.log().prune({}); }},
    {"beat", [](Connection& to) { to.nodes().beat({}); }},
    {"goodbye", [](Connection& to) { to.nodes().goodbye({}); }},
    {"forget", [](Connection& to) { to.nodes().forget("web-1"); }},
    {"forget_older", [](Connection& to) { to.nodes().forget_older(1h, 1h, {}); }},
    {"claim_position", [](Connection& to) { to.nodes().claim_position({}); }},
    {"save_position", [](Connection& to) { to.nodes().save_position({}, {}, false); }},
    {"publish_position", [](Connection& to) { to.nodes().publish_position({}); }},
    {"pause", [](Connection& to) { to.nodes().pause("web-1", 1min, "somebody"); }},
    {"resume", [](Connection& to) { to.nodes().resume("web-1", "somebody"); }},
    {"request_position", [](Connection& to) { to.nodes().request_position({1}, 1s); }},
    {"withdraw_request", [](Connection& to) { to.nodes().withdraw_request(1); }},
    {"send_canary", [](Connection& to) { to.nodes().send_canary({}, 1min, {}); }},
    {"hold", [](Connection& to) { to.leases().hold({}, 15s); }},
    {"release", [](Connection& to) { to.leases().release({}); }},
    {"record_events", [](Connection& to) { to.history().record({}); }},
    {"record_silent", [](Connection& to) { to.history().record_silent(1h); }},
    {"declare", [](Connection& to) { to.history().declare({}, {}); }},
    {"record_progress", [](Connection& to) { to.history().record_progress({}, {}, false); }},
    {"forget_old", [](Connection& to) { to.history().forget_old({}); }},
    {"answer", [](Connection& to) { to.audit().answer({1}, {}, {}); }},
    {"forget audit", [](Connection& to) { to.audit().forget({1}); }},
    {"forget_old audits", [](Connection& to) { to.audit().forget_old({}); }},
    {"record", [](Connection& to) { to.failures().record({}); }},
    {"retry", [](Connection& to) { to.failures().retry(1, "web-1"); }},
    {"dismiss", [](Connection& to) { to.failures().dismiss(1); }},
    {"forget_older failures", [](Connection& to) { to.failures().forget_older(1h, {}); }},
    {"set", [](Connection& to) { to.cache().set("key", "value", {}); }},
    {"add", [](Connection& to) { to.cache().add("key", "value", {}, {}); }},
    {"remove", [](Connection& to) { to.cache().remove("key"); }},
    {"remove_value", [](Connection& to) { to.cache().remove_value("key", "value"); }},
    {"forget_gone", [](Connection& to) { to.cache().forget_gone(1, {}); }},
    {"clear", [](Connection& to) { to.cache().clear("", 1); }},
    {"hybrid write",
     [](Connection& to) {
       to.hybrid().write({"pages", {}, {}});
     }},
    {"hybrid sweep", [](Connection& to) { to.hybrid().sweep("pages", ""); }}};

struct StoreOfAWorld {
  World world;
  const std::shared_ptr<Store> store = world.options("web-1").surroundings->open_store();
  const std::unique_ptr<Connection> connection = store->connect(Access::read_write);
};

// What a call throws; empty: nothing.
std::string said_by(const Call& call, Connection& connection) {
  try {
    call.run(connection);
  } catch (const Error& error) {
    return error.retryable() ? error.what() : std::string("for good: ") + error.what();
  }
  return {};
}

}  // namespace

TEST_CASE_FIXTURE(StoreOfAWorld, "World: if its store can only be read, what reads goes well") {
  for (StoreFault fault : {StoreFault::none, StoreFault::read_only}) {
    world.fail(fault);
    for (const Call& call : kReading) {
      CAPTURE(call.name);
      CHECK(said_by(call, *connection).empty());
    }
    CHECK(store->connect(Access::read_write) != nullptr);
  }
}

TEST_CASE_FIXTURE(StoreOfAWorld, "World: if its store can only be read, what writes is refused") {
  world.fail(StoreFault::read_only);
  for (const Call& call : kWriting) {
    CAPTURE(call.name);
    CHECK(said_by(call, *connection) == "for good: memory: the database can only be read now");
  }
}

TEST_CASE_FIXTURE(StoreOfAWorld, "World: its store needs no thread that closes connections") {
  CHECK_FALSE(store->closes_idle());
}

TEST_CASE_FIXTURE(StoreOfAWorld, "World: if its store is not reached, each call fails") {
  world.fail(StoreFault::unreachable);
  for (const std::vector<Call>* const calls : {&kReading, &kWriting}) {
    for (const Call& call : *calls) {
      CAPTURE(call.name);
      CHECK(said_by(call, *connection) == "memory: the connection was lost: try again");
    }
  }
  CHECK_THROWS_AS(static_cast<void>(store->connect(Access::read_only)), Error);
}

TEST_CASE_FIXTURE(StoreOfAWorld, "TestNode: each call of one that has crashed fails") {
  world.node("web-1").crash();
  for (const std::vector<Call>* const calls : {&kReading, &kWriting}) {
    for (const Call& call : *calls) {
      CAPTURE(call.name);
      CHECK(said_by(call, *connection) == "for good: memory: node web-1 has crashed");
    }
  }
}

TEST_CASE_FIXTURE(StoreOfAWorld, "World: each call of a slow store takes its time, up to 5 s") {
  for (const std::vector<Call>* const calls : {&kReading, &kWriting}) {
    for (const Call& call : *calls) {
      CAPTURE(call.name);
      auto begin = world.now();
      world.slow_down(300ms);
      said_by(call, *connection);
      CHECK(world.now() - begin == 300ms);
      world.slow_down(5s);
      CHECK(said_by(call, *connection).find("no answer") == std::string::npos);
      CHECK(world.now() - begin == 5300ms);
      world.slow_down(1min);
      begin = world.now();
      CHECK(said_by(call, *connection) == "memory: no answer within 5s; try again");
      CHECK(world.now() - begin == 5s);
    }
  }
}

}  // namespace crier::test
