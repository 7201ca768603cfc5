// SPDX-License-Identifier: MIT
// Lost, out of order, stale: what a node says of its caches.
#include "soak/checker_fixture.hpp"

namespace crier::soak {

TEST_CASE_FIXTURE(Fixture, "what was applied in order and to the end is no violation") {
  row({refresh(kA, 1), refresh(kB, 1)});
  row({refresh(kA, 2)});
  applied("a", 1, refresh(kA, 1));
  applied("a", 1, refresh(kB, 1));
  applied("a", 2, refresh(kA, 2));
  at("a", 2);
  nothing();
  CHECK(checker.position("a") == EntryId{2});
  CHECK(checker.ledger().nodes.at("a").applied == 3);
  CHECK(checker.ledger().entries == 2);
}

TEST_CASE_FIXTURE(Fixture, "an entry that a node has passed and not applied is lost") {
  row({refresh(kA, 1)});
  row({refresh(kA, 2)});
  applied("a", 2, refresh(kA, 2));
  nothing();
  at("a", 2);
  only(Violation::lost);
  CHECK(checker.ledger().lost() == 1);
}

TEST_CASE_FIXTURE(Fixture, "one of an entry's instructions can be lost") {
  row({refresh(kA, 1), refresh(kB, 1)});
  applied("a", 1, refresh(kA, 1));
  at("a", 1);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "an equal instruction, applied later, stands for the earlier one") {
  row({refresh(kA, 1)});
  row({refresh(kA, 1)});
  applied("a", 2, refresh(kA, 1));
  at("a", 2);
  nothing();
  CHECK(checker.ledger().nodes.at("a").coalesced == 1);

  row({refresh(kA, 1)});
  at("a", 3);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture,
                  "an equal instruction, applied earlier, does not stand for the later one") {
  row({refresh(kA, 1)});
  row({refresh(kA, 1)});
  applied("a", 1, refresh(kA, 1));
  at("a", 2);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "a full refresh supersedes what it has read, of its refresher alone") {
  row({refresh(kA, 1)});
  row({refresh(kA, 2)});
  loaded("a", kA, 1);
  at("a", 1);
  nothing();
  CHECK(checker.ledger().nodes.at("a").superseded == 1);

  SUBCASE("a later entry") {
    at("a", 2);
    only(Violation::lost);
  }
  SUBCASE("another refresher") {
    loaded("a", kB, 2);
    at("a", 2);
    only(Violation::lost);
  }
}

TEST_CASE_FIXTURE(Fixture, "what nobody here claims need not be applied") {
  row({Instruction::refresh_all(kCanary)});
  at("a", 1);
  nothing();
}

TEST_CASE_FIXTURE(Fixture, "an own entry was delivered before it was in the log, once for each") {
  applied("a", 0, refresh(kA, 1));
  row({refresh(kA, 1)}, "a#1");
  at("a", 1);
  nothing();
  row({refresh(kA, 1)}, "a#1");
  at("a", 2);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "a local delivery does not stand for another's entry") {
  applied("a", 0, refresh(kA, 1));
  row({refresh(kA, 1)});
  at("a", 1);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "what was acknowledged here was delivered here, whoever it names") {
  row({refresh(kA, 1)}, "a#1 in a transaction");
  checker.said("a", "ack 1 transaction " + json_of({refresh(kA, 1)}));
  applied("a", 0, refresh(kA, 1));
  at("a", 1);
  nothing();
  CHECK(checker.ledger().acknowledged.at("transaction") == 1);
}

TEST_CASE_FIXTURE(Fixture,
                  "a full refresh before the row, with its data, supersedes a local delivery") {
  checker.said("a", "changed 7");
  std::int64_t version = 7;
  SUBCASE("it has the data") {}
  SUBCASE("it has older data") { version = 6; }
  loaded("a", kA, 0, version);
  row({refresh(kA, 1)}, "a#1");
  checker.said("a", "ack 1 plain " + json_of({refresh(kA, 1)}));
  at("a", 1);
  if (version == 7) {
    nothing();
  } else {
    only(Violation::lost);
  }
}

TEST_CASE_FIXTURE(Fixture, "a full refresh before the row has nothing of a transaction's data") {
  checker.said("a", "changed 7");
  row({refresh(kB, 1)}, "a#1");
  applied("a", 0, refresh(kB, 1));
  checker.said("a", "ack 1 plain " + json_of({refresh(kB, 1)}));
  loaded("a", kA, 1, 7);
  row({refresh(kA, 1)}, "a#1 in a transaction");
  checker.said("a", "ack 2 transaction " + json_of({refresh(kA, 1)}));
  at("a", 2);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "an earlier entry after a later one is out of order, per refresher") {
  row({refresh(kA, 1), refresh(kB, 1)});
  row({refresh(kA, 2)});
  applied("a", 2, refresh(kA, 2));
  applied("a", 1, refresh(kB, 1));
  nothing();
  applied("a", 1, refresh(kA, 1));
  only(Violation::out_of_order);
}

TEST_CASE_FIXTURE(Fixture, "the order within an entry counts, too; twice the same does not") {
  row({refresh(kA, 1), refresh(kA, 2)});
  applied("a", 1, refresh(kA, 2));
  applied("a", 1, refresh(kA, 2));
  nothing();
  applied("a", 1, refresh(kA, 1));
  only(Violation::out_of_order);
}

TEST_CASE_FIXTURE(Fixture, "a new incarnation may begin further back") {
  start("d", true);
  row({refresh(kA, 1)});
  row({refresh(kA, 2)});
  applied("d", 1, refresh(kA, 1));
  applied("d", 2, refresh(kA, 2));
  checker.ended("d");
  checker.began("d", true);
  checker.said("d", "started d#2");
  applied("d", 1, refresh(kA, 1));
  applied("d", 2, refresh(kA, 2));
  at("d", 2);
  nothing();
}

TEST_CASE_FIXTURE(Fixture, "a durable cache keeps what it has, and misses what it has not") {
  start("d", true);
  row({refresh(kA, 1)});
  applied("d", 1, refresh(kA, 1));
  checker.ended("d");
  row({refresh(kA, 2)});
  checker.began("d", true);
  checker.said("d", "started d#2");
  at("d", 1);
  nothing();
  at("d", 2);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "a cache that is gone with its process is judged from its new load on") {
  row({refresh(kA, 1)});
  checker.ended("a");
  start("a", false, 1);
  at("a", 1);
  CHECK(checker.ledger().nodes.at("a").superseded == 0);
  row({refresh(kA, 2)});
  nothing();
  at("a", 2);
  only(Violation::lost);
}

TEST_CASE_FIXTURE(Fixture, "a stale version in an audit") {
  checker.said("a", "audit 192 0");
  nothing();
  checker.said("a", "audit 192 1 part 0 key 7 is 3 not 4;");
  only(Violation::stale);
}

}  // namespace crier::soak
