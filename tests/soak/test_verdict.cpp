// SPDX-License-Identifier: MIT
#include "soak/report.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace crier::soak {

namespace {

Verdict all_well() {
  Verdict verdict;
  verdict.ledger.acknowledged["sql"] = 3;
  return verdict;
}

// The last lines, which say what is wrong.
std::string end_of(const Verdict& verdict) {
  std::ostringstream out;
  print(out, verdict);
  const std::string text = out.str();
  return text.substr(text.find('\n', text.find("\nrestarts ") + 1) + 1);
}

}  // namespace

TEST_CASE("a verdict is good where nothing was lost, stuck or wrong") {
  CHECK(all_well().good());
  CHECK(end_of(all_well()) == "lost 0, stuck 0, wrong 0\n");
}

TEST_CASE("a verdict on nothing is not good") {
  Verdict verdict = all_well();
  verdict.ledger.acknowledged.clear();
  CHECK_FALSE(verdict.good());
  CHECK(end_of(verdict) == "nothing was acknowledged\nlost 0, stuck 0, wrong 1\n");
}

TEST_CASE("a verdict without one of the nodes is not good") {
  Verdict verdict = all_well();
  verdict.absent.insert("node-2");
  CHECK_FALSE(verdict.good());
  CHECK(end_of(verdict) == "never came to be: node-2\nlost 0, stuck 0, wrong 1\n");
}

TEST_CASE("a verdict with a loss, a violation, or a process stuck or dead is not good") {
  Verdict verdict = all_well();
  std::string end = "lost 0, stuck 0, wrong 1\n";
  SUBCASE("a loss") {
    verdict.ledger.violations[Violation::lost] = 1;
    end = "lost 1, stuck 0, wrong 0\n";
  }
  SUBCASE("a violation") { verdict.ledger.violations[Violation::stale] = 1; }
  SUBCASE("stuck") {
    verdict.stuck.insert("node-1");
    end = "stuck: node-1\nlost 0, stuck 1, wrong 0\n";
  }
  SUBCASE("dead") {
    verdict.died.insert("node-1");
    end = "ended by itself: node-1\n" + end;
  }
  CHECK_FALSE(verdict.good());
  CHECK(end_of(verdict) == end);
}

}  // namespace crier::soak
