// SPDX-License-Identifier: MIT
// Databases that crier 0.1 has made (tests/data/0.1), upgraded by this one.
#include <crier/crier.hpp>

#include "cli/tool.hpp"
#include "process/test_database.hpp"
#include "support/files.hpp"
#include "support/recording.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr Guid kPrices = Guid::parse("b27d1a40-9f1e-4a57-8c53-0d5f4d2e6a11").value();

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator(file), {}};
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

// What 0.1 has left behind, in the tables of 0.1.
class Left {
 public:
  Left() : database_(each_store()(folder_)) {
    if (!database_->is_postgres()) {
      std::filesystem::copy_file(source_file("tests/data/0.1/shop.db"), folder_ / "shop.db");
      return;
    }
    schema_ = database_->values("SELECT current_schema()").at(0);
    for (const char* role : kRoles) {
      database_->execute("CREATE ROLE " + schema_ + role);
    }
    database_->execute(statements("tests/data/0.1/postgresql.sql"));
  }
  ~Left() {
    try {
      for (const char* role : kRoles) {
        if (!schema_.empty()) {
          database_->execute("DROP OWNED BY " + schema_ + role + "; DROP ROLE " + schema_ + role);
        }
      }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it goes with the server
    }
  }
  Left(const Left&) = delete;
  Left& operator=(const Left&) = delete;

  [[nodiscard]] std::string url() const { return database_->url("30s"); }
  Outcome run(const Args& args) const { return run_tool(args, {}, url()); }
  // What a command prints with --json, an object for each line.
  [[nodiscard]] std::vector<Json> told(Args args) const {
    args.emplace_back("--json");
    const Outcome outcome = run(args);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    std::vector<Json> lines;
    std::istringstream text(outcome.out);
    for (std::string line; std::getline(text, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }
  // Runs what a node of 0.1 runs.
  void run_as_before() const {
    database_->execute(statements(database_->is_postgres() ? "tests/data/0.1/node_postgresql.sql"
                                                           : "tests/data/0.1/node_sqlite.sql"));
  }
  [[nodiscard]] std::vector<std::string> values(const std::string& sql) const {
    return database_->values(sql);
  }

 private:
  static constexpr const char* kRoles[] = {"_reader", "_application", "_node"};

  // The file's, in this database's own schema.
  [[nodiscard]] std::string statements(const std::string& file) const {
    std::string text = text_of(source_file(file));
    replace_all(text, "shop01", schema_);
    return text;
  }

  const TempDir folder_;
  const std::unique_ptr<TestDatabase> database_;
  std::string schema_;  // of PostgreSQL
};

// Notes why it has refreshed everything.
class Watching final : public Observer {
 public:
  explicit Watching(Record& record) : record_(record) {}
  void on_resync(const Resync& resync) override {
    record_.add(std::string(to_string(resync.reason)) + ": " + resync.detail);
  }

 private:
  Record& record_;
};

// What web-1, which keeps its position, refreshes from its start on.
class KeepingNode {
 public:
  explicit KeepingNode(const std::string& url) : node_(options(url, watching_), registry()) {
    node_.start();
  }
  Node& operator*() { return node_; }
  [[nodiscard]] Lines done() const { return record_.lines(); }

 private:
  static Options options(const std::string& url, std::shared_ptr<Observer> observer) {
    Options options;
    options.store = url;
    options.node_name = "web-1";
    options.keep_position = KeepPosition::in_database;
    options.observer = std::move(observer);
    return options;
  }
  Registry registry() {
    Registry registry;
    registry.add(std::make_shared<RecordingRefresher>(kProducts, "Products", record_));
    registry.add(std::make_shared<RecordingRefresher>(kPrices, "Prices", record_));
    return registry;
  }

  Record record_;
  std::shared_ptr<Watching> watching_ = std::make_shared<Watching>(record_);
  Node node_;
};

TEST_CASE("upgrade: what crier 0.1 has left is there as it was") {
  const Left left;
  const std::string rows =
      "SELECT id || '|' || utcStamp || jsonInstruction || originated || instructionCount "
      "FROM crierCacheInstruction ORDER BY id";
  const std::vector<std::string> before = left.values(rows);
  REQUIRE(before.size() == 6);

  CHECK(left.run({"list"}).code == 1);
  CHECK(left.run({"list"}).err.find("upgrade them with: ") != std::string::npos);
  const Outcome older = left.run({"status", "--min-nodes", "0"});
  CHECK(older.code == 3);
  CHECK(older.out.find("problem schema-older: ") != std::string::npos);
  CHECK(left.run({"migrate", "--dry-run"}).out.starts_with("-- 0005_rights\n"));
  CHECK(left.run({"migrate"}).out.starts_with("applied 0005_rights\n"));

  CHECK(left.run({"migrate"}).err.find(" is up to date ") != std::string::npos);
  CHECK(left.run({"migrate", "--repair"}).err.find(" needs no repair") != std::string::npos);
  CHECK(left.run({"status", "--min-nodes", "0"}).code == 0);
  CHECK(left.values(rows) == before);

  const std::vector<Json> entries = left.told({"list"});
  REQUIRE(entries.size() == 6);
  const auto instruction = [&entries](std::size_t entry) {
    return entries.at(entry).at("instructions").at(0);
  };
  CHECK(instruction(0).at("ids") == Json({42}));
  CHECK(instruction(1).at("type") == "remove_by_id");
  CHECK(instruction(1).at("id") == 43);
  CHECK(instruction(3).at("guid") == "0b8a2f5e-3c1d-4b6f-9a77-52c6c8d0e1f4");
  CHECK(instruction(4).at("type") == "refresh_all");
  CHECK(instruction(5).at("payload") == R"({"sku":"A-1","cents":1290})");

  const std::vector<Json> failures = left.told({"failures"});
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].at("entry") == 3);
  CHECK(failures[0].at("node") == "web-1");
  CHECK(failures[0].at("attempts") == 4);

  const std::vector<Json> nodes = left.told({"nodes", "--all"});
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0].at("name") == "web-1");
  CHECK(nodes[0].at("version") == "0.1.0");
  CHECK(nodes[0].at("position") == 4);
  CHECK(nodes[1].at("position") == 6);

  CHECK(left.run({"cache", "get", "greeting"}).out == "hello");
  CHECK(left.run({"cache", "get", "odd key"}).out == "two\nlines");
}

TEST_CASE("upgrade: ids go on, and a failure of 0.1 is retried") {
  const Left left;
  REQUIRE(left.run({"migrate"}).code == 0);
  CHECK(left.run({"failures", "--retry", "1"}).code == 0);
  const std::vector<Json> entries = left.told({"list", "--after", "6"});
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].at("id") == 7);
  CHECK(entries[0].at("instructions").at(0).at("payload") == R"({"poison":true})");
  CHECK(left.told({"failures"}).empty());
}

TEST_CASE("upgrade: a position that 0.1 has kept leads to one full refresh, and none after that") {
  const Left left;
  REQUIRE(left.run({"migrate"}).code == 0);
  {
    const KeepingNode first(left.url());
    CHECK(first.done() ==
          Lines{"Products all", "Prices all",
                "first_start: the position was kept by an earlier version of crier, which did not "
                "note what entry 4 says"});
  }
  CHECK(left.run({"send", "--force", "--refresher", kProducts.to_string(), "--id", "7"}).code == 0);
  KeepingNode second(left.url());
  CHECK((*second).wait_applied({7}, 60s));
  CHECK(second.done() == Lines{"Products refresh 7"});
}

TEST_CASE("upgrade: a node of 0.1 that still runs writes, beats, and counts") {
  const Left left;
  REQUIRE(left.run({"migrate"}).code == 0);
  KeepingNode upgraded(left.url());
  left.run_as_before();
  CHECK((*upgraded).wait_applied({7}, 60s));
  CHECK(upgraded.done().back() == "Products refresh 44");

  const std::vector<Json> nodes = left.told({"nodes"});
  const auto old = std::ranges::find(nodes, "web-3", [](const Json& node) { return node["name"]; });
  REQUIRE(old != nodes.end());
  CHECK((*old)["state"] == "live");
  CHECK((*old)["version"] == "0.1.0");
  CHECK((*old)["position"] == 7);
  // Everywhere is there, too.
  CHECK((*upgraded).wait_everywhere({7}, 60s));
  CHECK_FALSE((*upgraded).wait_everywhere((*upgraded).cache().refresh_all(kProducts), 0ms));
}

}  // namespace
}  // namespace crier::test
