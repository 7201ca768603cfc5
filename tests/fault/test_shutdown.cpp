// SPDX-License-Identifier: MIT
// How processes end, and what others are told of those that don't.
#include <crier/admin/store.hpp>
#include <crier/crier.hpp>

#include "process/process_fixture.hpp"
#include "support/files.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>

namespace crier::test {
namespace {

// Whether a process handles a signal itself.
bool catches(pid_t process, int signal) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  const std::string key = "SigCgt:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) {
      return (std::stoull(line.substr(key.size()), nullptr, 16) >> (signal - 1) & 1U) != 0;
    }
  }
  return false;
}

struct ShutdownFixture : Fixture {
  std::unique_ptr<Connection> connection = open_store(url)->connect(Access::read_write);

  std::unique_ptr<Child> act(const std::string& what) {
    return std::make_unique<Child>(
        dir.path(), what,
        std::vector<std::string>{built_program("tests/fault/fault_actor"), url, what});
  }
  void append() {
    const std::string json = encode(std::vector{Instruction::refresh_by_id(kProducts, 1)});
    connection->log().append(std::vector<NewEntry>{{"test", 1, json}});
  }
};

TEST_CASE_FIXTURE(ShutdownFixture, "exit() in a refresher ends the process, with its code") {
  const auto actor = act("exit");
  REQUIRE(has_lines(*actor, 1));
  append();
  CHECK(actor->wait() == 7);
}

TEST_CASE_FIXTURE(ShutdownFixture, "a node is destroyed while a refresher hangs: main() ends") {
  const auto actor = act("destroy");
  REQUIRE(has_lines(*actor, 1));
  append();
  CHECK(actor->wait() == 5);
  CHECK(actor->out() == Lines{"ready", "hangs", "destroyed"});
}

TEST_CASE_FIXTURE(ShutdownFixture, "SIGTERM twice ends a node whose command hangs") {
  const std::string begun = (dir / "begun").string();
  const auto node = start_node("node", {"--exec", "touch '" + begun + "' && exec sleep 1000"});
  append();
  REQUIRE(eventually([&] { return std::filesystem::exists(begun); }));
  node->signal(SIGTERM);
  REQUIRE(eventually([&] { return !catches(node->pid(), SIGTERM); }));  // it has taken the first
  node->signal(SIGTERM);
  CHECK(node->wait() == 128 + SIGTERM);
}

TEST_CASE_FIXTURE(ShutdownFixture,
                  "a canary that a node has not seen: status exits 3 and names it") {
  const auto a = start_node("a");
  const auto b = start_node("b");
  REQUIRE(eventually([&] { return run({"status"}).code == 0; }));
  // A canary of an hour ago, of which a says that it has seen it, and b does not; both were there.
  append();
  database->execute(
      "CREATE TRIGGER sees AFTER UPDATE OF canary ON crierNode WHEN NEW.name = 'a' AND "
      "NEW.canary <> 1 BEGIN UPDATE crierNode SET canary = 1 WHERE name = 'a'; END;"
      "UPDATE crierNode SET canary = 0, startedMs = startedMs - 7200000;"
      "INSERT OR REPLACE INTO crierCanary SELECT 'crierCacheInstruction', 1, "
      "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) - 3600000");
  Result status{};
  CHECK(eventually([&] { return (status = run({"status"})).code == 3; }));
  std::string text;
  for (const std::string& line : status.out) {
    text += line + "\n";
  }
  for (const std::string& line : status.err) {
    text += line + "\n";
  }
  CAPTURE(text);
  CHECK(text.find("node b ") != std::string::npos);
  CHECK(text.find("node a ") == std::string::npos);
  CHECK(text.find("has not seen the canary") != std::string::npos);
  stop(*a, SIGTERM);
  stop(*b, SIGTERM);
}

}  // namespace
}  // namespace crier::test
