// SPDX-License-Identifier: MIT
#pragma once

#include "soak/checker.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace crier::soak {

inline constexpr Guid kA = Guid::parse("aaaaaaaa-0000-4000-8000-000000000001").value();
inline constexpr Guid kB = Guid::parse("bbbbbbbb-0000-4000-8000-000000000002").value();

inline std::string json_of(const std::vector<Instruction>& instructions) {
  return encode(instructions);
}
inline Instruction refresh(const Guid& refresher, std::int64_t id) {
  return Instruction::refresh_by_ids(refresher, {id});
}

// A node that has loaded both caches when the log was empty, and a log.
struct Fixture {
  Fixture() { start("a", false); }

  void start(const std::string& node, bool durable, std::int64_t through = 0) {
    checker.began(node, durable);
    loaded(node, kA, through);
    loaded(node, kB, through);
    checker.said(node, "started " + node + "#1");
  }
  EntryId row(const std::vector<Instruction>& instructions, const std::string& by = "writer") {
    checker.row({{++newest}, "", by, 1, json_of(instructions)});
    return {newest};
  }
  void loaded(const std::string& node, const Guid& refresher, std::int64_t through,
              std::int64_t version = 0) {
    checker.said(node, "loaded " + refresher.to_string() + ' ' + std::to_string(through) + ' ' +
                           std::to_string(version));
  }
  void applied(const std::string& node, std::int64_t entry, const Instruction& instruction) {
    checker.said(node, "applied " + std::to_string(entry) + ' ' + json_of({instruction}));
  }
  void at(const std::string& node, std::int64_t entry) {
    checker.said(node, "at " + std::to_string(entry));
  }
  std::string first() const {
    return checker.findings().empty() ? "nothing" : checker.findings()[0].what;
  }
  void only(Violation violation) {
    const std::string found = first();
    CAPTURE(found);
    REQUIRE(checker.findings().size() == 1);
    CHECK(checker.findings()[0].violation == violation);
    CHECK(checker.ledger().count(violation) == 1);
  }
  void nothing() {
    const std::string found = first();
    CAPTURE(found);
    CHECK(checker.findings().empty());
  }

  std::int64_t newest = 0;
  Checker checker{{kA, kB}};
};

}  // namespace crier::soak
