// SPDX-License-Identifier: MIT
// The anchor is the newest entry that the node has seen or written by any way. What comes after a
// resync is read on.
#include "base/fingerprint.hpp"
#include "poller_fixture.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {
namespace {

const Lines kEverything = {"orders all", "products all"};

struct AnchorFixture : PollerFixture {
  AnchorFixture() {
    store.write("other", refresh(1));
    store.write("other", refresh(2));
    poller.start(ColdStart::start_at_newest);
  }
  void leads_to(const std::string& resync) {
    CHECK(poll() == kEverything);
    CHECK(observer->record.take() == Lines{resync});
    CHECK(poll().empty());
    store.write("other", refresh(9));
    CHECK(poll() == Lines{"products refresh 9"});
    CHECK(observer->record.take().empty());
  }
};

TEST_CASE_FIXTURE(AnchorFixture, "anchor: what this node has published is gone") {
  publish(refresh(3));
  store.restore({3});
  leads_to("resync anchor_gone 2");
}

TEST_CASE_FIXTURE(AnchorFixture,
                  "anchor: another's entry has the id of what this node has published") {
  publish(refresh(3));
  store.restore({3});
  store.write("other", refresh(4));
  leads_to("resync anchor_changed 3");
}

TEST_CASE_FIXTURE(AnchorFixture,
                  "anchor: this node publishes under an id that it was given before") {
  publish(refresh(3));
  store.restore({3});
  publish(refresh(3));
  leads_to("resync anchor_changed 3");
}

TEST_CASE_FIXTURE(AnchorFixture, "anchor: it publishes under an id that it has read before") {
  store.write("other", refresh(3));
  CHECK(poll() == Lines{"products refresh 3"});
  store.restore({3});
  publish(refresh(3));
  leads_to("resync anchor_changed 3");
}

TEST_CASE_FIXTURE(AnchorFixture, "anchor: what rode in a transaction is gone") {
  own.add("me/1", std::vector{store.write("me/1", refresh(3))});
  store.restore({3});
  leads_to("resync anchor_gone 2");
}

TEST_CASE_FIXTURE(AnchorFixture, "anchor: an entry that was handled in part is gone") {
  std::stop_source stop;
  products->before = [&](const std::string&) { stop.request_stop(); };
  store.write("other", row({Instruction::refresh_by_id(kProducts, 3),
                            Instruction::refresh_by_id(kProducts, 4)}));
  poller.poll_once(stop.get_token());
  products->before = {};
  CHECK(record.take() == Lines{"products refresh 3"});
  store.restore({3});
  SUBCASE("") { leads_to("resync anchor_changed 2"); }
  SUBCASE("and another has its id") {
    store.write("other", refresh(5));
    leads_to("resync anchor_changed 3");
  }
}

TEST_CASE_FIXTURE(AnchorFixture, "anchor: what says something else is another entry") {
  store.restore({1});
  for (int i = 0; i < 3; ++i) {
    store.write("other", refresh(7));
  }
  store.put({{3}, "the same", "other", 1, refresh(3)});
  poll();
  observer->record.take();
  store.put({{3}, "the same", "other", 1, refresh(4)});
  leads_to("resync anchor_changed 3");
}

TEST_CASE_FIXTURE(AnchorFixture,
                  "anchor: the database was restored, and a load may have seen more") {
  store.tells_lineage = true;
  CHECK(poll().empty());
  store.write("other", refresh(3));  // and region.get()
  store.restore({3});
  SUBCASE("") { leads_to("resync replaced 2"); }
  SUBCASE("on another connection") {
    store.before = [](std::string_view operation) {
      if (operation == "read_after") {
        throw Error("read", "memory: broken");
      }
    };
    CHECK_FALSE(poller.step({}));
    store.before = {};
    observer->record.take();
    CHECK(poll() == kEverything);
  }
  SUBCASE("and has grown") {
    store.write("other", refresh(4));
    leads_to("resync replaced 3");
  }
  SUBCASE("and tells no more") {
    store.tells_lineage = false;
    CHECK(poll().empty());
  }
}

TEST_CASE_FIXTURE(AnchorFixture,
                  "anchor: the log ends where it did, but has been further meanwhile") {
  store.end_version = 7;
  CHECK(poll().empty());
  CHECK(poll().empty());
  SUBCASE("") {
    store.end_version = 8;
    leads_to("resync anchor_changed 2");
  }
  SUBCASE("an entry later") {
    store.end_version = 8;
    store.write("other", refresh(3));
    CHECK(poll() == Lines{"products refresh 3"});
    store.end_version = 9;
    leads_to("resync anchor_changed 3");
  }
  SUBCASE("and tells no more") {
    store.end_version = 0;
    CHECK(poll().empty());
  }
}

TEST_CASE_FIXTURE(PollerFixture, "anchor: what a load sees from the start on belongs to one log") {
  store.tells_lineage = true;
  store.write("other", refresh(1));
  SUBCASE("at the newest") { poller.start(ColdStart::start_at_newest); }
  SUBCASE("after a full refresh") { poller.start(ColdStart::refresh_all); }
  SUBCASE("at a place that was kept") { poller.resume(Cursor{{1}, store.rows()[0].fingerprint()}); }
  SUBCASE("at none that was kept") { poller.resume({}); }
  record.take();
  store.restore({2});
  CHECK(poll() == kEverything);
}

TEST_CASE_FIXTURE(PollerFixture, "anchor: a place that the first version has kept is not trusted") {
  store.write("other", refresh(1));
  const Entry row = store.rows()[0];
  poller.resume(Cursor{row.id, first_fingerprint_of(row)});
  CHECK(record.take() == kEverything);
  CHECK(observer->record.take() == Lines{"resync first_start 1"});
}

struct ClonedFixture : AnchorFixture {
  std::vector<EntryId> renamed;
  Poller real{store,
              dispatcher,
              reporter,
              position,
              own,
              progress,
              {.max_processing_instructions = 10, .rename = [this](EntryId entry) {
                 renamed.push_back(entry);
                 own.rename("me anew");
               }}};

  Lines poll_it() {
    real.poll_once();
    return record.take();
  }
};

TEST_CASE_FIXTURE(ClonedFixture,
                  "clone: an entry of this origin that was not written here is no own one") {
  publish(refresh(3));
  store.write("me", refresh(4));
  store.write("me", refresh(5));
  CHECK(poll_it() == kEverything);
  CHECK(renamed == std::vector<EntryId>{{4}});
  CHECK(observer->record.take() == Lines{"resync cloned 5"});
  // Each goes its own way from then on.
  store.write("me", refresh(6));
  publish(refresh(7));
  CHECK(store.rows().back().originated == "me anew");
  CHECK(poll_it() == Lines{"products refresh 6"});
  CHECK(renamed.size() == 1);
  store.write("me anew", refresh(8));  // by one that drew the same again
  CHECK(poll_it() == kEverything);
  CHECK(renamed.size() == 2);
}

TEST_CASE_FIXTURE(ClonedFixture, "clone: an append whose answer was lost is none, and is applied") {
  const NewEntry lost{"me", 1, refresh(3)};
  {
    const OwnEntries::Append append(own, {&lost, 1});
    store.write(lost.originated, lost.json_instruction);
  }
  CHECK(poll_it() == Lines{"products refresh 3"});
  CHECK(renamed.empty());
  CHECK(observer->record.take().empty());
}

TEST_CASE_FIXTURE(ClonedFixture, "clone: what rides and was not said to be committed is applied") {
  store.write("me/1", refresh(3));
  CHECK(poll_it() == Lines{"products refresh 3"});
  CHECK(renamed.empty());
}

}  // namespace
}  // namespace crier::test
