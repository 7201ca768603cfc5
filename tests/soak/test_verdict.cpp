// SPDX-License-Identifier: MIT
#include "soak/report.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace crier::soak {

namespace {

Verdict all_well() {
  Verdict verdict;
  verdict.acknowledged["sql"] = 3;
  return verdict;
}

// The last lines, which say what is wrong.
std::string end_of(const Verdict& verdict) {
  std::ostringstream out;
  print(out, verdict);
  const std::string text = out.str();
  return text.substr(text.find('\n', text.find("\nreads ") + 1) + 1);
}

}  // namespace

TEST_CASE("a verdict is good where nothing was lost, stuck or wrong") {
  CHECK(all_well().good());
  CHECK(end_of(all_well()) == "lost 0, stuck 0, wrong 0\n");
}

TEST_CASE("a verdict on nothing is not good") {
  Verdict verdict = all_well();
  verdict.acknowledged.clear();
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
    verdict.lost = 1;
    end = "lost 1, stuck 0, wrong 0\n";
  }
  SUBCASE("a read") { verdict.misread = 1; }
  SUBCASE("a cache") {
    verdict.stale.insert("node-1: well/3 is 5, not 7;");
    end = "stale in the end: node-1: well/3 is 5, not 7;\n" + end;
  }
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
