// SPDX-License-Identifier: MIT
// Two processes go on from one snapshot of memory, and are one node to everybody.
#include "fault/crew.hpp"

#include <algorithm>
#include <string>

namespace crier::test {
namespace {

struct CloneFixture : Crew {
  Record log;
  Member& member = join(logging());
  Node& node = *member.node;

  Options logging() {
    Options options = quick("node");
    options.log = [this](LogLevel level, std::string_view line) {
      if (level == LogLevel::warning) {
        log.add(std::string(line));
      }
    };
    return options;
  }
  EntryId write_as(const std::string& originated, std::int64_t id) const {
    return append(*connect(),
                  new_entry(encode({{Instruction::refresh_by_id(kProducts, id)}}), 1, originated));
  }
  ~CloneFixture() { members.clear(); }  // it logs here
};

TEST_CASE_FIXTURE(CloneFixture,
                  "clone: who finds an entry of its own that is not takes another identity") {
  const std::string origin = node.originated();
  const std::vector<NodeRecord> before = node.nodes();
  REQUIRE(before.size() == 1);
  CHECK(node.wait_applied(node.cache().refresh(kProducts, 1), 20s));
  CHECK(node.counters().own_skipped == 1);
  member.record.take();

  CHECK(node.wait_applied(write_as(origin, 2), 20s));
  CHECK(has(member.record, "products all"));
  CHECK(has_beginning(member.observer->record, "resync cloned"));
  CHECK(node.originated() != origin);
  const Lines lines = log.lines();
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return line.find("goes on from the same snapshot of memory") != std::string::npos;
        }) == 1);

  // To others it is another node from then on.
  CHECK(eventually([&] {
    const std::vector<NodeRecord> nodes = node.nodes();
    return std::any_of(nodes.begin(), nodes.end(), [&](const NodeRecord& record) {
      return record.name == "node" && record.incarnation != before[0].incarnation;
    });
  }));
  member.record.take();
  const EntryId own = node.cache().refresh(kProducts, 3);
  CHECK(connect()->log().find(own)->originated == node.originated());
  CHECK(node.wait_applied(own, 20s));
  CHECK(member.record.take() == Lines{"products refresh 3"});
  // And what the clone goes on to write is a stranger's.
  CHECK(node.wait_applied(write_as(origin, 4), 20s));
  CHECK(member.record.take() == Lines{"products refresh 4"});
  CHECK(node.counters().resyncs == 1);
}

TEST_CASE_FIXTURE(CloneFixture, "clone: what both have written in transactions is applied") {
  CHECK(node.wait_applied(write_as(node.originated() + "/1", 2), 20s));
  CHECK(has(member.record, "products refresh 2"));
  CHECK(node.counters().resyncs == 0);
}

}  // namespace
}  // namespace crier::test
