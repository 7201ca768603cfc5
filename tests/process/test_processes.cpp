// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>
#include <crier/crier.hpp>

#include "process/process_fixture.hpp"
#include "support/effort.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace crier::test {

TEST_CASE_FIXTURE(
    EachStore, "three nodes show every instruction once, in order; replay makes them run again") {
  const auto a = start_node("a");
  const auto b = start_node("b");
  const auto c = start_node("c");
  const std::string refresher = kProducts.to_string();
  const std::vector<std::vector<std::string>> sends{
      {"--all"},
      {"--id", "1", "2"},
      {"--guid", kOrders.to_string(), kUnknown.to_string()},
      {"--remove", "3", "-4"},
      {"--payload", R"({"sku":"A-1"})"}};
  for (std::size_t i = 0; i < sends.size(); ++i) {
    std::vector<std::string> words{"send", "--refresher", refresher};
    words.insert(words.end(), sends[i].begin(), sends[i].end());
    const Result sent = run(words);
    CHECK(sent.code == 0);
    CHECK(sent.out.at(0).starts_with(std::to_string(i + 1) + "-"));
  }
  const auto head = [&](int entry, const std::string& type) {
    return R"({"entry":)" + std::to_string(entry) + R"(,"refresher":")" + refresher +
           R"(","type":")" + type + '"';
  };
  const std::vector<std::string> expected{
      head(1, "refresh_all"),
      head(2, "refresh_by_ids") + R"(,"ids":[1,2])",
      head(3, "refresh_by_guid") + R"(,"guid":")" + kOrders.to_string() + '"',
      head(3, "refresh_by_guid") + R"(,"guid":")" + kUnknown.to_string() + '"',
      head(4, "remove_by_id") + R"(,"id":3)",
      head(4, "remove_by_id") + R"(,"id":-4)",
      head(5, "refresh_by_json") + R"(,"payload":"{\"sku\":\"A-1\"}")"};
  for (const Child* child : {a.get(), b.get(), c.get()}) {
    REQUIRE(has_lines(*child, expected.size()));
    const Lines out = child->out();
    REQUIRE(out.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(out[i].starts_with(expected[i]));
      CHECK(out[i].find(R"(,"originated":")") != std::string::npos);
    }
  }

  const auto late = start_node("late");
  CHECK(text_of(late->err()).find("from entry 5\n") != std::string::npos);

  const Result replayed = run({"replay", "2", "4"});
  CHECK(replayed.code == 0);
  CHECK(replayed.out == Lines{"2 -> 6", "4 -> 7"});
  REQUIRE(has_lines(*late, 3));
  CHECK(late->out()[0].starts_with(head(6, "refresh_by_ids") + R"(,"ids":[1,2])"));
  CHECK(late->out()[2].starts_with(head(7, "remove_by_id") + R"(,"id":-4)"));
  for (Child* child : {a.get(), b.get(), c.get(), late.get()}) {
    REQUIRE(has_lines(*child, child == late.get() ? 3 : 10));
    stop(*child, child == a.get() ? SIGTERM : SIGINT);
  }
  CHECK(a->out().size() == 10);
  CHECK(late->out().size() == 3);
}

TEST_CASE_FIXTURE(EachStore,
                  "thousands of instructions of four writers reach three nodes, all in one order") {
  constexpr int kWriters = 4, kEach = kSanitized ? 500 : 2500, kAll = kWriters * kEach;
  std::vector<std::unique_ptr<Child>> nodes;
  for (const char* name : {"a", "b", "c"}) {
    nodes.push_back(start_node(name));
  }
  std::vector<std::unique_ptr<Child>> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.push_back(std::make_unique<Child>(
        dir.path(), "writer" + std::to_string(w),
        std::vector<std::string>{built_program("tests/process/process_writer"), url,
                                 std::to_string(w * kEach), std::to_string(kEach)}));
  }
  for (const auto& writer : writers) {
    REQUIRE(eventually([&] { return writer->out().size() == kEach; }, seconds(120)));
    CHECK(writer->wait() == 0);
  }
  for (const auto& node : nodes) {
    REQUIRE(has_lines(*node, kAll));
    stop(*node, SIGINT);
  }
  const Lines seen = nodes[0]->out();
  REQUIRE(seen.size() == kAll);
  CHECK(nodes[1]->out() == seen);
  CHECK(nodes[2]->out() == seen);
  std::set<std::string> ids;
  for (int i = 0; i < kAll; ++i) {
    // Contiguous, from 1 on.
    REQUIRE(seen[static_cast<std::size_t>(i)].starts_with(R"({"entry":)" + std::to_string(i + 1) +
                                                          ","));
    const std::string& line = seen[static_cast<std::size_t>(i)];
    const std::size_t at = line.find(R"("ids":[)");
    REQUIRE(at != std::string::npos);
    ids.insert(line.substr(at, line.find(']', at) - at));
  }
  CHECK(ids.size() == kAll);
}

TEST_CASE_FIXTURE(EachStore, "kill -9 of a writer: what it acknowledged is there, whole") {
  std::mt19937 random(20261121);
  std::set<std::int64_t> acknowledged;
  for (int round = 0; round < 8; ++round) {
    Child writer(dir.path(), "killed" + std::to_string(round),
                 {built_program("tests/process/process_writer"), url, "0", "1000000"});
    const std::size_t enough = std::uniform_int_distribution<std::size_t>(1, 300)(random);
    REQUIRE(eventually([&] { return writer.out().size() >= enough; }));
    writer.signal(SIGKILL);
    CHECK(writer.wait() == 128 + SIGKILL);
    for (const std::string& line : writer.out()) {
      acknowledged.insert(std::stoll(line));
    }
  }
  const auto connection = open_store(url)->connect(Access::read_write);
  InstructionLog& log = connection->log();
  std::int64_t expected = 0;
  for (Page page = log.read_after({}); !page.entries.empty(); page = log.read_after({expected})) {
    for (const Entry& entry : page.entries) {
      REQUIRE(entry.id.value == ++expected);
      REQUIRE(decode(entry.json_instruction).problems.empty());
      acknowledged.erase(entry.id.value);
    }
  }
  CHECK(acknowledged.empty());
  CHECK(expected > 8);
}

TEST_CASE_FIXTURE(EachStore, "kill -9 of a node: the next start goes on from the newest") {
  const auto first = start_node("a");
  first->signal(SIGKILL);
  CHECK(first->wait() == 128 + SIGKILL);
  REQUIRE(run({"send", "--refresher", kProducts.to_string(), "--all"}).code == 0);
  const auto second = start_node("again");
  CHECK(text_of(second->err()).find("from entry 1\n") != std::string::npos);
}

TEST_CASE_FIXTURE(EachStore, "tail follows what other processes write, until it is interrupted") {
  REQUIRE(run({"send", "--refresher", kProducts.to_string(), "--id", "1"}).code == 0);
  const auto tail = start("tail", {"tail", "--from-start", "--json"});
  REQUIRE(has_lines(*tail, 1));
  REQUIRE(run({"send", "--refresher", kProducts.to_string(), "--id", "2"}).code == 0);
  REQUIRE(has_lines(*tail, 2));
  CHECK(tail->out()[1].starts_with(R"({"id":2,)"));
  stop(*tail, SIGINT);
}

TEST_CASE_FIXTURE(EachStore, "a sidecar runs its command for each instruction") {
  const std::string copy = (dir / "copy.jsonl").string();
  const auto node = start_node("a", {"--exec", "cat >> '" + copy + "'"});
  REQUIRE(run({"send", "--refresher", kProducts.to_string(), "--id", "1"}).code == 0);
  REQUIRE(run({"send", "--refresher", kProducts.to_string(), "--remove", "2"}).code == 0);
  REQUIRE(has_lines(*node, 2));
  Child cat(dir.path(), "cat", {"/bin/cat", copy});
  CHECK(cat.wait() == 0);
  CHECK(cat.out() == node->out());
  stop(*node, SIGINT);
}

TEST_CASE_FIXTURE(EachStore, "output that is cut off ends a command quietly") {
  for (int i = 0; i < 3; ++i) {
    REQUIRE(run({"send", "--refresher", kProducts.to_string(), "--all"}).code == 0);
  }
  for (const std::string command : {"list", "show 1"}) {
    CAPTURE(command);
    Child pipe(dir.path(), "pipe",
               {"/bin/sh", "-c",
                built_program("cli/crier") + " --store '" + url + "' " + command + " | head -n 1"});
    CHECK(pipe.wait() == 0);
    CHECK(pipe.out().size() == 1);
    CHECK(pipe.err().empty());
  }
}

}  // namespace crier::test
