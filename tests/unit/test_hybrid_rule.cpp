// SPDX-License-Identifier: MIT
// The rule of hybrid values (spec/hybrid.pml), step by step.
#include "support/errors.hpp"
#include "unit/rule_fixture.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

TEST_CASE_FIXTURE(RuleFixture, "rule: what one node has made the other serves") {
  CHECK(a.get("k").empty());
  a.make("k", "v", {"t"});
  CHECK(b.get("k") == "v");
  CHECK(b.last.tags == std::vector<std::string>{"t"});
  CHECK(b.half.counts().shared_hits == 1);
  CHECK(a.half.counts().shared_misses == 2);
}

TEST_CASE_FIXTURE(RuleFixture, "rule: an invalidation needs nothing but its entry") {
  for (const bool by_tag : {false, true}) {
    CAPTURE(by_tag);
    a.make("k", "v", {"t"});
    a.make("other", "o", {"u"});
    REQUIRE(b.get("k") == "v");
    by_tag ? remove_tag("t") : remove("k");
    CHECK(b.get("k") == "v");  // as before: it has not begun here
    b.read_all(false);
    CHECK(b.get("k").empty());
    CHECK(b.get("other") == "o");
    read_all();
    a.make("k", "v", {"t"});
    CHECK(b.get("k") == "v");
  }
}

TEST_CASE_FIXTURE(RuleFixture, "rule: a resync that is asked of one node drops what all share") {
  for (const ResyncRequest& request : {ResyncRequest{"a", {}}, ResyncRequest{"a", kRuled}}) {
    a.make("k", "old", {"t"});
    ask(request);
    b.read_all(false);
    b.make("other", "o");  // the record is moved on by one that is not asked
    a.read_all();
    CHECK(a.get("k").empty());
    b.read_all();
    CHECK(b.get("k").empty());
    a.make("k", "v", {"t"});
    CHECK(b.get("k") == "v");
    ask({"a", kCanary});  // of another refresher
    read_all();
    CHECK(b.get("k") == "v");
  }
}

TEST_CASE_FIXTURE(RuleFixture, "rule: what a node that is behind has made is served by nobody") {
  a.make("k", "v", {"t"});
  remove_tag("t");
  a.read_all();
  b.make("k", "old", {"t"});  // from its region, which is not applied yet
  CHECK(a.get("k").empty());
  b.read_all();
  CHECK(b.get("k").empty());
  CHECK(b.half.counts().refused_fills == 1);
  // Also if the record was moved on first.
  remove("k");
  a.read_all();
  a.make("other", "o");
  b.make("k", "old", {"t"});
  read_all();
  CHECK(a.get("k").empty());
  CHECK(b.get("k").empty());
}

TEST_CASE_FIXTURE(RuleFixture, "rule: nor what was invalidated while it was made") {
  a.make("x", "x");
  a.make("k", "old", {"t"}, [&] { remove_tag("t"); });
  read_all();
  CHECK(a.get("k").empty());
  a.make("k", "old", {"t"}, [&] {
    remove("k");
    read_all();
  });
  CHECK(a.get("k").empty());
  CHECK(a.half.counts().refused_fills == 2);
}

TEST_CASE_FIXTURE(RuleFixture, "rule: what is known to be void needs no look") {
  int looks = 0;
  a.make("k", "v", {"t"}, [&] {
    remove_tag("t");
    read_all();
    a.log->on_look = [&] { ++looks; };
  });
  CHECK(looks == 0);
  CHECK(a.half.counts().refused_fills == 1);
  CHECK(a.get("k").empty());
}

TEST_CASE_FIXTURE(RuleFixture, "rule: what is void takes the place of nothing") {
  a.make("k", "old", {"t"}, [&] {
    remove_tag("t");
    b.read_all();
    b.make("k", "new", {"t"});
  });
  read_all();
  CHECK(a.get("k") == "new");
  CHECK(b.get("k") == "new");
}

TEST_CASE_FIXTURE(RuleFixture, "rule: a record that is ahead is caught up with, or of no use") {
  a.make("k", "v");
  remove("other");
  a.read_all();
  a.make("k", "v");
  CHECK(b.get("k").empty());
  b.log->on_hurry = [&] { b.read_all(); };
  CHECK(b.get("k") == "v");
}

TEST_CASE_FIXTURE(RuleFixture,
                  "rule: a restored log makes a new record, and voids what there was") {
  remove("k");
  read_all();
  a.make("k", "v");
  a.make("k", "v");
  remove("k");
  a.read_all();
  a.make("k", "later");
  CHECK(a.get("k") == "later");
  store->restore({2});
  remove("other");
  a.restart();
  CHECK(a.get("k").empty());
  a.make("k", "v2");
  CHECK(a.get("k") == "v2");
  b.restart();
  CHECK(b.get("k") == "v2");
}

TEST_CASE_FIXTURE(RuleFixture, "rule: an entry that is missing may have concerned any key") {
  SUBCASE("after the record's") {
    write_other();
    read_all();
  }
  SUBCASE("of a record that knows of none") {}
  a.make("k", "v");
  REQUIRE(b.get("k") == "v");
  const EntryId gone = remove("k");
  write_other();
  store->drop(gone);
  b.restart();
  CHECK(b.get("k").empty());
}

TEST_CASE_FIXTURE(RuleFixture, "rule: no fill of a node that is no longer where it was") {
  write_other();
  read_all();
  a.make("x", "x");
  REQUIRE(a.get("x") == "x");
  SUBCASE("it has resynced") {
    a.make("k", "old", {}, [&] { a.restart(); });
  }
  SUBCASE("the log was restored, and it has not heard of it") {
    write_other();
    a.read_all();
    a.make("k", "old", {}, [&] { store->restore({2}); });
  }
  SUBCASE("the same, and the log has gone on") {
    write_other();
    a.read_all();
    a.make("k", "old", {}, [&] {
      store->restore({2});
      remove("y");
      remove("z");
    });
  }
  SUBCASE("what the factory saw was restored") {
    a.log->at.lineage = 1;
    store->tells_lineage = true;
    a.make("k", "old", {}, [&] {
      remove("k");
      store->restore({2});
    });
  }
  SUBCASE("it resyncs while it looks at the log") {
    a.make("k", "old", {}, [&] { a.log->on_look = [&] { a.restart(); }; });
    a.log->on_look = [] {};
  }
  SUBCASE("more has been written than one look reads") {
    a.make("k", "old", {}, [&] {
      for (int i = 0; i < 3000; ++i) {
        write_other();
      }
      remove("k");
    });
  }
  SUBCASE("what this node has written has gone") {
    a.log->holds_own = false;
    a.make("k", "old");
    a.log->holds_own = true;
  }
  a.restart();
  b.restart();
  CHECK(a.get("k").empty());
  CHECK(b.get("k").empty());
  CHECK(a.half.counts().refused_fills == 1);
}

TEST_CASE_FIXTURE(RuleFixture,
                  "rule: a record that has not moved for long is moved on by a reader") {
  a.make("k", "v");
  a.make("gone", "v");
  CHECK(a.get("k") == "v");
  remove("gone");
  write_other();
  b.restart();  // knows nothing of what was before
  SUBCASE("who may write") {
    CHECK(b.get("k") == "v");
    CHECK(b.get("gone").empty());
    CHECK(b.half_record().through.id == EntryId{2});
  }
  SUBCASE("and judged by him alone if he may not") {
    store->before = [](std::string_view operation) {
      if (operation == "hybrid write") {
        throw Error("set", "may only read");
      }
    };
    CHECK(b.get("k") == "v");
    CHECK(b.get("gone").empty());
    CHECK(b.half_record().through.id == EntryId{0});
    CHECK(b.troubles.empty());
  }
}

TEST_CASE_FIXTURE(RuleFixture, "rule: a record too far back is made anew") {
  a.make("k", "v");
  remove("gone");
  for (int i = 0; i < 3000; ++i) {
    write_other();
  }
  b.restart();
  CHECK(b.get("k").empty());
  b.make("k", "v2");
  CHECK(b.get("k") == "v2");
}

TEST_CASE_FIXTURE(RuleFixture, "rule: what can't be read, or concerns all, raises the floor") {
  for (const std::string json : {"not JSON", "[7]"}) {
    a.make("k", "v");
    REQUIRE(b.get("k") == "v");
    json == "[7]" ? write(json) : store->write("someone", json);
    read_all();
    CHECK(b.get("k").empty());
    a.make("x", "x");
    CHECK(b.get("k").empty());
    CHECK(a.get("x") == "x");
    CHECK(a.half_record().floor == store->rows().back().id);
  }
}

TEST_CASE_FIXTURE(RuleFixture,
                  "rule: a fill goes on if another one has moved the record meanwhile") {
  a.make("x", "x");
  remove("y");
  read_all();
  int writes = 0;
  store->before = [&](std::string_view operation) {
    if (operation == "hybrid write" && writes++ == 0) {
      b.make("other", "o");
    }
  };
  a.make("k", "v");
  CHECK(a.get("k") == "v");
  CHECK(b.get("other") == "o");
}

TEST_CASE_FIXTURE(RuleFixture,
                  "rule: the first record needs no entry, and is of its database alone") {
  a.make("k", "v");
  CHECK(b.get("k") == "v");
  b.view.restart({{0}, {2}}, 0);  // another database, whose log is as empty
  CHECK(b.get("k").empty());
}

TEST_CASE_FIXTURE(RuleFixture,
                  "rule: what was set is as of its entry, unless others came between") {
  a.make("x", "x");
  const auto set = [&](const std::function<void()>& meanwhile) {
    RuledHalf::Fill fill{a.half.begin(), "k", {"t"}, "set", {}, {}, {}};
    meanwhile();
    fill.set = remove("k");
    a.half.fill(fill);
    read_all();
    return b.get("k");
  };
  CHECK(set([] {}) == "set");
  CHECK(set([&] { remove("other"); }) == "set");
  CHECK(set([&] { remove("k"); }).empty());
  CHECK(set([&] { remove_tag("t"); }).empty());
  CHECK(set([] {}) == "set");
  // Nor if they come after.
  RuledHalf::Fill fill{a.half.begin(), "k", {"t"}, "set", {}, {}, remove("k")};
  remove("k");
  a.half.fill(fill);
  read_all();
  CHECK(b.get("k").empty());
}

TEST_CASE_FIXTURE(RuleFixture, "rule: a publisher moves the record on") {
  a.make("k", "v");
  remove("k");
  a.half.move_on();
  CHECK(b.get("k").empty());  // it has not begun here, and is known all the same
}

TEST_CASE_FIXTURE(RuleFixture, "rule: what another program has stored is of no use") {
  a.make("k", "v");
  const auto raw = make_shared_cache(store);
  for (const char* text : {"", "no line", "{}\nx", "[]\nx", "[\"1\"]\nx", "[\"x\",\"1\"]\nx"}) {
    raw->set("c/k", text);
    CHECK(a.get("k").empty());
  }
}

}  // namespace
}  // namespace crier::test
