// SPDX-License-Identifier: MIT
// What is said, and what the log has.
#include "soak/checker_fixture.hpp"

namespace crier::soak {

TEST_CASE_FIXTURE(Fixture, "applied and never in the log was not committed") {
  row({refresh(kA, 1)});
  applied("a", 2, refresh(kA, 2));
  only(Violation::uncommitted);
}

TEST_CASE_FIXTURE(Fixture, "a position past the end of the log was not committed") {
  row({refresh(kA, 1)});
  at("a", 2);
  only(Violation::uncommitted);
}

TEST_CASE_FIXTURE(Fixture, "applied with other content than the log has") {
  row({refresh(kA, 1)});
  applied("a", 1, refresh(kA, 2));
  only(Violation::altered);
}

TEST_CASE_FIXTURE(Fixture, "a full refresh in place of reading on need not be in the log") {
  row({refresh(kA, 1)});
  applied("a", 1, Instruction::refresh_all(kA));
  nothing();
}

TEST_CASE_FIXTURE(Fixture, "acknowledged but not in the log is lost, whoever wrote it") {
  checker.began("w", false);
  row({refresh(kA, 1)});
  checker.said("w", "ack 1 sql " + json_of({refresh(kA, 1)}));
  nothing();
  checker.said("w", "ack 2 sql " + json_of({refresh(kA, 1)}));
  only(Violation::not_in_the_log);
  CHECK(checker.ledger().lost() == 1);
}

TEST_CASE_FIXTURE(Fixture, "acknowledged with other content than the log has") {
  row({refresh(kA, 1)});
  checker.said("a", "ack 1 plain " + json_of({refresh(kA, 2)}));
  only(Violation::altered);
}

TEST_CASE_FIXTURE(Fixture, "rolled back but in the log, whichever is heard of first") {
  const std::string said = "rolled_back " + json_of({refresh(kA, 1)});
  SUBCASE("the row") {
    row({refresh(kA, 1)});
    nothing();
    checker.said("a", said);
  }
  SUBCASE("the rollback") {
    checker.said("a", said);
    nothing();
    row({refresh(kA, 1)});
  }
  only(Violation::rolled_back);
}

TEST_CASE_FIXTURE(Fixture, "a number that is left out is a hole") {
  row({refresh(kA, 1)});
  ++newest;
  row({refresh(kA, 2)});
  only(Violation::hole);
}

TEST_CASE_FIXTURE(Fixture, "memory is bounded by what the slowest node has passed") {
  const auto write = [&](std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
      row({refresh(kA, newest)});
      loaded("a", kA, newest);
    }
  };
  write(3 * Checker::kHeld);
  CHECK(checker.rows_held() == 3 * Checker::kHeld);
  at("a", newest - 10);
  row({refresh(kA, 0)});
  CHECK(checker.rows_held() == Checker::kHeld);
  nothing();
}

}  // namespace crier::soak
