// SPDX-License-Identifier: MIT
// What became of a key, on nodes that run; and what is wrong with the question.
#include <crier/codec.hpp>
#include <crier/node.hpp>

#include "cli/cluster.hpp"
#include "json.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/gate.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Does what a test tells it to, with each call.
class Obedient final : public JsonCacheRefresher {
 public:
  Obedient(const std::string& id, std::string name)
      : id_(Guid::parse(id).value()), name_(std::move(name)) {}

  std::function<void(std::int64_t)> on_id = [](std::int64_t) {};
  std::function<void()> on_all = [] {};

  [[nodiscard]] Guid id() const override { return id_; }
  [[nodiscard]] std::string_view name() const override { return name_; }
  void refresh_all() override { on_all(); }
  void refresh(std::int64_t id) override { on_id(id); }
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
  void refresh_by_json(std::string_view) override {}

 private:
  const Guid id_;
  const std::string name_;
};

[[noreturn]] void refuse() { throw std::runtime_error("no disk"); }

// A node with these refreshers, that beats every few milliseconds unless `beat` says otherwise.
class Live {
 public:
  Live(const Database& database, const std::string& name,
       const std::vector<std::shared_ptr<Obedient>>& refreshers, std::size_t backlog = 1000,
       std::chrono::milliseconds beat = 20ms) {
    Options options;
    options.store = database.url();
    options.node_name = name;
    options.poll_interval = 5ms;
    options.heartbeat_interval = beat;
    options.lease_duration = 15s + 2 * beat;
    options.max_processing_instructions = backlog;
    options.retry.retries = 0;
    options.canary_interval = 0ms;
    options.log = [](LogLevel, std::string_view) {};
    Registry registry;
    for (const auto& refresher : refreshers) {
      registry.add(refresher);
    }
    node_ = std::make_unique<Node>(std::move(options), std::move(registry));
    node_->start();
  }
  Node* operator->() const { return node_.get(); }

 private:
  std::unique_ptr<Node> node_;
};

std::shared_ptr<Obedient> products() { return std::make_shared<Obedient>(kProducts, "Products"); }
std::shared_ptr<Obedient> orders() { return std::make_shared<Obedient>(kOrders, "Orders"); }

// What became of an entry on a node.
std::string fate_of(const Database& database, const std::string& node, EntryId entry) {
  const Outcome outcome =
      database.run({"explain", kProducts, "42", "--json", "--node", node, "--limit", "1000"});
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    const cli::Json one = cli::Json::parse(line);
    if (one["entry"] == entry.value) {
      return one["nodes"].back()["fate"];
    }
  }
  return outcome.err;
}

void becomes(const Database& database, const std::string& node, EntryId entry,
             const std::string& fate) {
  const bool did = eventually([&] { return fate_of(database, node, entry) == fate; });
  CHECK_MESSAGE(did, node, " has entry ", entry.value, " ", fate_of(database, node, entry),
                ", not ", fate);
}

EntryId write(const Database& database, const std::string& refresher,
              const std::vector<std::int64_t>& ids) {
  std::vector<NewEntry> entries;
  for (const std::int64_t id : ids) {
    const Instruction one = Instruction::refresh_by_id(Guid::parse(refresher).value(), id);
    entries.push_back(new_entry(encode({&one, 1})));
  }
  const auto store = open_store(database.url());
  const EntryId last = store->connect(Access::read_write)->log().append(entries);
  store->wakeup().ring();
  return last;
}

TEST_CASE("explain: nodes that run apply an entry, have no use for it, or come after it") {
  const Database database;
  const Live one(database, "web-1", {products()}), other(database, "web-2", {orders()});
  const EntryId entry = write(database, kProducts, {42});
  becomes(database, "web-1", entry, "applied");
  becomes(database, "web-2", entry, "no_refresher");
  const Live late(database, "web-3", {products()});
  becomes(database, "web-3", entry, "before_start");
  const EntryId own = one->cache().refresh(Guid::parse(kProducts).value(), 42);
  becomes(database, "web-1", own, "applied");
  becomes(database, "web-3", own, "applied");
  one->stop();
  becomes(database, "web-1", own, "applied");
  const EntryId next = write(database, kProducts, {42});
  becomes(database, "web-3", next, "applied");
  CHECK(fate_of(database, "web-1", next) == "not_known");
}

TEST_CASE("explain: a node tells at its stop what it has handled since its last beat") {
  const Database database;
  const Live node(database, "web-1", {products()}, 1000, 1h);
  const EntryId entry = write(database, kProducts, {42});
  CHECK(eventually([&] { return node->freshness().applied_through >= entry; }));
  CHECK(fate_of(database, "web-1", entry) != "applied");
  node->stop();
  CHECK(fate_of(database, "web-1", entry) == "applied");
}

TEST_CASE("explain: a node gives an entry up, and goes on") {
  const Database database;
  const auto failing = products();
  failing->on_id = [](std::int64_t id) { id == 42 ? refuse() : void(); };
  const Live node(database, "web-1", {failing});
  const EntryId entry = write(database, kProducts, {42});
  becomes(database, "web-1", entry, "given_up");
  database.run({"send", "--refresher", kProducts, "--all"});
  becomes(database, "web-1", {entry.value + 1}, "applied");
  CHECK(fate_of(database, "web-1", entry) == "given_up");
  CHECK(database.run({"failures", "--dismiss", "1"}).code == 0);
  CHECK(fate_of(database, "web-1", entry) == "applied");  // a full refresh stood for it
}

TEST_CASE("explain: too many entries at once are superseded") {
  const Database database;
  const Live node(database, "web-1", {products()}, 3);
  const EntryId before = write(database, kProducts, {42});
  becomes(database, "web-1", before, "applied");
  const EntryId last = write(database, kProducts, {42, 1, 42, 2, 42});
  becomes(database, "web-1", last, "superseded");
  becomes(database, "web-1", {last.value - 4}, "superseded");
  const EntryId after = write(database, kProducts, {42});
  becomes(database, "web-1", after, "applied");
  CHECK(fate_of(database, "web-1", before) == "applied");
}

TEST_CASE("explain: what a node is held back by makes what follows unknown") {
  const Database database;
  const auto failing = orders();
  failing->on_id = [](std::int64_t) { refuse(); };
  failing->on_all = refuse;
  const Live node(database, "web-1", {products(), failing});
  becomes(database, "web-1", write(database, kProducts, {42}), "applied");
  write(database, kOrders, {1});
  // Products has it, and the position stays where Orders is.
  const EntryId entry = write(database, kProducts, {42});
  CHECK(eventually([&] {
    return database.run({"explain", kProducts, "42", "--limit", "1", "--json"})
               .out.find("held back: ") != std::string::npos;
  }));
  CHECK(fate_of(database, "web-1", entry) == "not_known");
}

TEST_CASE("explain: a refresher that takes its time has not done what comes after") {
  const Database database;
  Gate gate;
  const auto slow = products();
  slow->on_id = [&](std::int64_t id) { id == 1 ? gate.pass() : void(); };
  const Live node(database, "web-1", {slow});
  write(database, kProducts, {1});
  CHECK(gate.wait_until_entered());
  const EntryId entry = write(database, kProducts, {42});
  becomes(database, "web-1", entry, "not_yet");
  gate.open();
  becomes(database, "web-1", entry, "applied");
}

TEST_CASE("explain: the log is replaced under a node") {
  const Database database;
  const Live node(database, "web-1", {products()});
  for (int i = 0; i < 5; ++i) {
    write(database, kProducts, {42});
  }
  becomes(database, "web-1", {5}, "applied");
  run_sql(database.path(),
          "BEGIN; DELETE FROM crierCacheInstruction; DELETE FROM sqlite_sequence WHERE name = "
          "'crierCacheInstruction'; INSERT INTO crierCacheInstruction VALUES (1, "
          "'2026-11-21 10:00:00', '" +
              ids_of(kProducts, "[42]") + "', 'x', 1); COMMIT");
  const EntryId first{1};
  becomes(database, "web-1", first, "superseded");  // the resync found it
  becomes(database, "web-1", write(database, kProducts, {42}), "applied");
}

TEST_CASE("explain: what is wrong with the question is said") {
  const Database database;
  const NodeReport node = report_of("web-1", 1);
  declare(database, node, {{kProducts, "Products"}});
  database.put(1, all_of(kProducts));
  const auto refused = [&](const Args& options, const std::string& why) {
    Args args{"explain"};
    args.insert(args.end(), options.begin(), options.end());
    const Outcome outcome = database.run(args);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome.err);
  };
  refused({}, "REFRESHER is required");
  refused({kProducts}, "KEY is required");
  refused({kProducts, ""}, "KEY: it is empty");
  refused({"Product", "42"}, "did you mean Products?");
  refused({"7c9e6679-7425-40de-944b-e07fc1f90ae8", "42"},
          "no node has the refresher 7c9e6679-7425-40de-944b-e07fc1f90ae8; did you mean Products");
  refused({kCanary.to_string(), "42"}, "no refresher can bear this GUID");
  refused({kProducts, "42", "--node", "wbe-1"},
          "no node of the name \"wbe-1\" is remembered; did you mean \"web-1\"?");
  refused({kProducts, "42", "--path", "sku"}, "is not a JSON pointer such as /id");
  refused({kProducts, "42", "--path", "/a~2"}, "is not a JSON pointer such as /id");
  refused({kProducts, "42", "--since", "9999-01-01"}, "is in the future");
  refused({kProducts, "42", "--since", "1h", "--until", "2h"}, "nothing can be between them");
  refused({kProducts, "42", "--limit", "0"}, "--limit");
  database.drop(1);
  database.put(3, ids_of(kProducts, "[7]"));
  CHECK(database.run({"explain", "Products", "42"}) ==
        Outcome{0, "", "crier: no entry concerns it: the log holds 3 to 3\n"});
}

TEST_CASE("explain: entries are chosen by their times, if these are any") {
  const Database database;
  for (std::int64_t id = 1; id <= 5; ++id) {
    database.put(id, all_of(kProducts));
  }
  run_sql(database.path(), "UPDATE crierCacheInstruction SET utcStamp = 'x' WHERE id = 2");
  const auto ids = [&](const Args& options) {
    Args args{"explain", kProducts, "42", "--json", "--utc"};
    args.insert(args.end(), options.begin(), options.end());
    std::istringstream lines(database.run(args).out);
    std::string text;
    for (std::string line; std::getline(lines, line);) {
      text += cli::Json::parse(line)["entry"].dump();
    }
    return text;
  };
  CHECK(ids({}) == "12345");
  CHECK(ids({"--until", "2026-11-21 10:00:03"}) == "123");
  CHECK(ids({"--until", "2026-11-21 10:00:00"}) == "2");
  CHECK(ids({"--limit", "2"}) == "45");
}

TEST_CASE("explain: rows that hold anything do no harm") {
  const Database database;
  const NodeReport node = report_of("web\x1b[1m", 9);
  declare(database, node, {{kProducts, "Pro\nducts"}});
  const std::string path = database.path();
  database.put(1, "[{\"RefreshType\":0,\"RefresherId\":\"" + kProducts + "\"},{]", "\x1b]0;x\x07");
  database.put(2, ids_of(kProducts, "[42,\x1b[31m]"));
  database.put(3, all_of(kProducts));
  run_sql(path,
          "UPDATE crierCacheInstruction SET utcStamp = x'1b5b324aff' WHERE id = 3;"
          "INSERT INTO crierProgress SELECT log, name, incarnation, 1, -9223372036854775808 FROM "
          "crierNode;"
          "INSERT INTO crierProgress SELECT log, name, incarnation, 9223372036854775807, "
          "9223372036854775807 FROM crierNode;"
          "INSERT INTO crierProgress SELECT log, name, 'x', -5, 3 FROM crierNode;"
          "INSERT INTO crierEvent (log, atMs, kind, node, incarnation, detail) SELECT log, "
          "9223372036854775807, 'resync', name, incarnation, 'every refresher (; going on from "
          "entry 3' FROM crierNode;"
          "INSERT INTO crierFailure (log, failedMs, kind, entry, indexInEntry, originated, "
          "refresher, refresherName, node, incarnation, attempts, error, instructionCount, "
          "jsonInstruction) SELECT log, 9223372036854775807, 0, 2, -1, '', 'x', 'y', name, "
          "incarnation, -3, 'it' || x'1b' || 'broke', 1, '[' FROM crierNode");
  for (const Args& options : {Args{}, Args{"--json"}, Args{"--utc", "--limit", "1"}}) {
    Args args{"explain", kProducts, "42"};
    args.insert(args.end(), options.begin(), options.end());
    const Outcome outcome = database.run(args);
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
    CHECK(outcome.out.find('\x1b') == std::string::npos);
    CHECK(outcome.out.find('\x07') == std::string::npos);
    CHECK(outcome.out.find("entry") != std::string::npos);
  }
}

}  // namespace
}  // namespace crier::test
