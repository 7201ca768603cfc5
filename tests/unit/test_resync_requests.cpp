// SPDX-License-Identifier: MIT
// What operators ask for by an entry of the log.
#include <crier/admin/resync_request.hpp>
#include <crier/error.hpp>

#include "poller_fixture.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace crier::test {
namespace {

struct AskedFixture : PollerFixture {
  Poller named{store, dispatcher, reporter, position, own, progress, settings()};

  AskedFixture() { named.start(ColdStart::start_at_newest); }

  static Poller::Settings settings() {
    Poller::Settings settings;
    settings.max_processing_instructions = 10;
    settings.name = "web-1";
    return settings;
  }
  EntryId ask(const ResyncRequest& request) {
    return store.write("operator", row({to_instruction(request)}));
  }
  Lines poll_named() {
    named.poll_once();
    return record.take();
  }
};

TEST_CASE("asked: a request says the same after its way through the log") {
  for (const ResyncRequest& request :
       {ResyncRequest{}, ResyncRequest{"web-1", {}}, ResyncRequest{"", kOrders},
        ResyncRequest{"w\"\n", kOrders}}) {
    const Decoded decoded = decode(encode(std::vector{to_instruction(request)}));
    REQUIRE(decoded.instructions.size() == 1);
    CHECK(resync_request_of(decoded.instructions[0]) == request);
  }
  CHECK_THROWS_WITH_AS(static_cast<void>(to_instruction({"\xff", {}})),
                       "the node's name is not UTF-8", Error);
}

TEST_CASE("asked: what is not understood asks for everything") {
  const auto read = [](std::string payload) {
    return resync_request_of(Instruction::refresh_by_json(kResyncRequest, std::move(payload)));
  };
  const std::string deep(400'000, '[');
  for (const std::string& payload :
       {std::string(), std::string("{"), std::string("7"), std::string(R"({"node":7})"),
        std::string(R"({"refresher":"orders"})"), deep, R"({"node":")" + std::string(5000, 'a')}) {
    CHECK(read(payload) == ResyncRequest{});
  }
  CHECK(resync_request_of(Instruction::refresh_by_id(kResyncRequest, 7)) == ResyncRequest{});
  CHECK(read(R"({"node":"web-1","by":"a later version"})") == ResyncRequest{"web-1", {}});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: a node refreshes everything, or what is named") {
  store.write("other", refresh(1));
  ask({"web-1", {}});
  store.write("other", refresh(2));
  CHECK(poll_named() ==
        Lines{"products refresh 1", "orders all", "products all", "products refresh 2"});
  CHECK(observer->record.take() == Lines{"resync asked 2"});
  CHECK(reporter.counters().resyncs == 1);
  CHECK(position.entry() == EntryId{3});

  ask({"web-1", kOrders});
  ask({"", kProducts});
  ask({"", {}});
  CHECK(poll_named() == Lines{"orders all", "products all", "orders all", "products all"});
  CHECK(observer->record.take() == Lines{"resync asked 6"});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: what is for another node, or nobody here, is passed") {
  ask({"web-2", {}});
  ask({"web", {}});
  ask({"web-1", Guid::parse("11111111-2222-3333-4444-555555555555").value()});
  CHECK(poll_named().empty());
  CHECK(observer->record.take().empty());
  CHECK(position.entry() == EntryId{3});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: the fallback refreshes everything, too") {
  registry.set_fallback(std::make_shared<RecordingFallback>(record));
  ask({});
  CHECK(poll_named() == Lines{"fallback all", "orders all", "products all"});
  const Guid stranger = Guid::parse("11111111-2222-3333-4444-555555555555").value();
  ask({"", stranger});
  CHECK(poll_named() == Lines{"fallback refresh_all of entry 2 by operator"});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: many requests in one row cost one refresh each") {
  std::vector<Instruction> many(1000, to_instruction({}));
  many.push_back(Instruction::refresh_by_id(kProducts, 1));
  store.write("operator", row(many));
  CHECK(poll_named() == Lines{"orders all", "products all"});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: the position waits for a refresh that fails") {
  int failures = 1;
  orders->before = [&](const std::string&) {
    if (failures-- > 0) {
      throw std::runtime_error("not now");
    }
  };
  ask({});
  CHECK(poll_named() == Lines{"products all"});
  CHECK(position.entry() == EntryId{0});
  now += std::chrono::hours(1);
  CHECK(poll_named() == Lines{"orders all"});
  CHECK(position.entry() == EntryId{1});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: it is announced before its refreshes run, and once") {
  struct Announced final : Observer {
    Record& record;
    explicit Announced(Record& lines) : record(lines) {}
    void on_missed(const Missed& missed, ResyncReason reason) override {
      record.add(std::string(to_string(reason)) + " after " + missed.after.to_string() +
                 " through " + missed.through.to_string());
    }
    void on_resync(const Resync& resync) override {
      record.add("done " + resync.entry.to_string());
    }
  };
  Reporter telling{std::make_shared<Announced>(record), [](LogLevel, std::string_view) {}};
  Poller told(store, dispatcher, telling, position, own, progress, settings());
  told.start(ColdStart::start_at_newest);
  std::stop_source stop;
  orders->before = [&](const std::string&) { stop.request_stop(); };  // in the middle of it
  ask({});
  told.poll_once(stop.get_token());
  CHECK(record.take() == Lines{"asked after 0 through 1", "orders all"});
  orders->before = nullptr;
  told.poll_once();
  CHECK(record.take() == Lines{"products all", "done 1"});
}

TEST_CASE_FIXTURE(AskedFixture, "asked: within a backlog that is skipped") {
  for (std::int64_t id = 0; id < 30; ++id) {
    store.write("other", refresh(id));
  }
  ask({"web-2", {}});
  SUBCASE("of another node") { CHECK(poll_named() == Lines{"products all"}); }
  SUBCASE("of this one") {
    ask({"web-1", {}});
    CHECK(poll_named() == Lines{"orders all", "products all"});
  }
}

}  // namespace
}  // namespace crier::test
