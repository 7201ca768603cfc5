// SPDX-License-Identifier: MIT
#include <crier/audit.hpp>
#include <crier/cached_region.hpp>
#include <crier/error.hpp>
#include <crier/node.hpp>

#include "audit_compare.hpp"
#include "audit_run.hpp"
#include "cli/cluster.hpp"
#include "json.hpp"
#ifdef CRIER_HAS_POSTGRES
#include "support/raw_postgres.hpp"
#endif

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

using cli::Json;

const Guid kRegion = Guid::parse(kProducts).value();

struct Product {
  std::int64_t version = 0;
};

AuditedCache cache_of(std::string name, std::function<void(AuditSample&)> sample) {
  return {std::move(name), std::move(sample)};
}

// A node with a region of products, and other caches that it is given.
struct Shop {
  Shop(const std::string& url, const std::string& name, std::vector<AuditedCache> others = {}) {
    Options options;
    options.store = url;
    options.node_name = name;
    options.log = [](LogLevel, std::string_view) {};
    options.audit = std::move(others);
    options.audit.push_back(products.audited(&Product::version));
    node = std::make_unique<Node>(std::move(options), std::move(registry));
    node->start();
  }
  ~Shop() { node->stop(); }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;
  void hold(std::int64_t id, std::int64_t version) { products.insert(id, Product{version}); }

  Registry registry;
  CachedRegion<std::int64_t, Product> products{registry, kRegion, "products"};
  std::unique_ptr<Node> node;
};

// The tool's answer to an audit that waits for as long as it takes, but asks again at once.
Outcome audit(const std::string& url, Args more = {}) {
  Args args{"audit", "--timeout", "1m", "--again", "1ms", "2ms"};
  args.insert(args.end(), more.begin(), more.end());
  return run_tool(args, "", url);
}

// On a database of each kind, with SQL for it.
void on_each_database(
    const std::function<void(const std::string& url,
                             const std::function<void(const std::string&)>& execute)>& test) {
  {
    const Database database;
    test(database.url(), [&](const std::string& sql) { run_sql(database.path(), sql); });
  }
#ifdef CRIER_HAS_POSTGRES
  if (!postgres_folder().empty()) {
    const PostgresSpace space;
    REQUIRE(run_tool({"migrate"}, "", space.url()).code == 0);
    test(space.url(), [&](const std::string& sql) { space.execute(sql); });
  }
#endif
}

TEST_CASE("audit: nodes that agree, and one that serves an old value") {
  on_each_database([](const std::string& url, const auto& /*execute*/) {
    Shop one(url, "web-1"), two(url, "web-2"), three(url, "web-3");
    for (Shop* const shop : {&one, &two, &three}) {
      for (std::int64_t id = 1; id <= 200; ++id) {
        shop->hold(id, 10 * id);
      }
    }
    three.hold(777, 1);  // of nobody else
    const Outcome well = audit(url);
    CHECK_MESSAGE(well.code == 0, well);
    CHECK(well.out == "3 nodes, 201 keys, 200 compared: 100 % agreed at once\n");
    CHECK(well.err.empty());

    two.hold(42, 419);
    const Outcome ill = audit(url);
    CHECK(ill.code == 3);
    CHECK(ill.out ==
          "3 nodes, 201 keys, 200 compared: 99.50 % agreed at once, 99.50 % within 1ms, "
          "99.50 % within 2ms\n"
          "CACHE     KEY  NODE   VERSION\n"
          "products  42   web-1  420\n"
          "products  42   web-2  419\n"
          "products  42   web-3  420\n");
    const Outcome of_one = audit(url, {"--node", "web-2", "--json"});
    CHECK(of_one.code == 4);
    CHECK(Json::parse(of_one.out)["sampled"] == 200);
    CHECK(of_one.err.find("no two nodes hold the same key") != std::string::npos);
    CHECK(audit(url, {"--node", "web-1"}).out == "1 node, 200 keys, 0 compared\n");

    two.products.changed(42);
    two.hold(42, 420);
    CHECK(audit(url).code == 0);
    CHECK(run_tool({"list", "--json"}, "", url).out.find("c71e5c71-e5c7-4e5c-8e5c-a0d170a11ca1") !=
          std::string::npos);
    CHECK(run_tool({"list"}, "", url).out.find("audit of web-2") != std::string::npos);
  });
}

TEST_CASE("audit: what differs is asked for again, and may agree by then") {
  const Database database;
  std::atomic<int> calls = 0;
  const auto late = [&](AuditSample& sample) { sample.add("42", calls++ == 0 ? "1" : "2"); };
  const auto right = [](AuditSample& sample) {
    sample.add("42", "2");
    sample.add("43", "2");
  };
  Shop one(database.url(), "web-1", {cache_of("prices", late)});
  Shop two(database.url(), "web-2", {cache_of("prices", right)});
  const Outcome outcome = audit(database.url(), {"--json"});
  CHECK_MESSAGE(outcome.code == 0, outcome);
  const Json said = Json::parse(outcome.out);
  CHECK(said["compared"] == 1);
  CHECK(said["sampled"] == 2);
  CHECK(said["looks"].dump() == R"([{"afterMs":0,"different":1},{"afterMs":1,"different":0}])");
  CHECK(said["different"].empty());
  CHECK(calls == 2);
}

TEST_CASE("audit: what differs is asked for again after 1, 5 and 10 s") {
  using namespace std::chrono_literals;
  CHECK(cli::AuditOrder().again == std::vector<std::chrono::milliseconds>{1s, 5s, 10s});
  const Database database;
  std::atomic<int> calls = 0;
  const auto late = [&](AuditSample& sample) { sample.add("42", calls++ == 0 ? "1" : "2"); };
  Shop one(database.url(), "web-1", {cache_of("prices", late)});
  Shop two(database.url(), "web-2",
           {cache_of("prices", [](AuditSample& sample) { sample.add("42", "2"); })});
  const auto begun = std::chrono::steady_clock::now();
  const Outcome outcome = run_tool({"audit", "--timeout", "1m", "--json"}, "", database.url());
  CHECK(std::chrono::steady_clock::now() - begun >= 1s);
  CHECK_MESSAGE(outcome.code == 0, outcome);
  CHECK(Json::parse(outcome.out)["looks"].dump() ==
        R"([{"afterMs":0,"different":1},{"afterMs":1000,"different":0}])");
}

TEST_CASE("audit: the query only reads, and has the time that --timeout says") {
  on_each_database([](const std::string& url, const auto& execute) {
    Shop one(url, "web-1");
    one.hold(1, 10);
    const auto against = [&](const std::string& sql) {
      return run_tool({"audit", "--cache", "products", "--timeout", "300ms", "--against", sql}, "",
                      url);
    };
    const Outcome endless = against(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n");
    CHECK(endless.code == 4);
    CHECK_MESSAGE(endless.err.find("300ms") != std::string::npos, endless.err);
    if (url.starts_with("postgresql:")) {
      execute("CREATE SEQUENCE numbers");
      execute(
          "CREATE FUNCTION number() RETURNS bigint LANGUAGE sql AS $$ SELECT "
          "nextval('numbers') $$");
      const Outcome writes = against("SELECT number(), 10");
      CHECK(writes.code == 2);
      CHECK_MESSAGE(writes.err.find("was opened for reading only") != std::string::npos,
                    writes.err);
    }
  });
}

TEST_CASE("audit: caches are held to a query") {
  on_each_database([](const std::string& url, const auto& execute) {
    execute(
        "CREATE TABLE products (id BIGINT PRIMARY KEY, version BIGINT); "
        "INSERT INTO products VALUES (1, 10), (2, 20), (3, 30)");
    Shop one(url, "web-1");
    one.hold(1, 10);
    one.hold(3, 30);
    const Args query{"--cache", "products", "--against", "SELECT id, version FROM products"};
    const Outcome well = audit(url, query);
    CHECK_MESSAGE(well.code == 0, well);
    CHECK(well.out == "1 node, 2 keys, 2 compared: 100 % agreed at once\n");

    execute("UPDATE products SET version = 11 WHERE id = 1; DELETE FROM products WHERE id = 3");
    one.hold(2, 20);
    const Outcome ill = audit(url, query);
    CHECK(ill.code == 3);
    CHECK(ill.out.find("products  1    (the query)  11\n"
                       "products  1    web-1        10\n"
                       "products  3    (the query)  (nothing)\n"
                       "products  3    web-1        30\n") != std::string::npos);

    const auto refused = [&](const std::string& sql, int code, const std::string& why) {
      const Outcome outcome = audit(url, {"--cache", "products", "--against", sql});
      CAPTURE(sql);
      CHECK(outcome.code == code);
      CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome.err);
    };
    refused("SELECT id FROM products", 2, "--against: ");
    refused("DELETE FROM products", 2, "--against: ");
    refused("SELECT id, version FROM products; SELECT 1, 2", 2, "--against: ");
    refused("SELECT 'p' || id, version FROM products", 4, "gives none of the keys");
  });
}

TEST_CASE("audit: who does not answer is named") {
  const Database database;
  Shop one(database.url(), "web-1"), two(database.url(), "web-2");
  one.hold(1, 1);
  two.hold(1, 1);
  Options options;
  options.store = database.url();
  options.node_name = "job-1";
  options.log = [](LogLevel, std::string_view) {};
  Node without(std::move(options), Registry());
  without.start();
  beat(database, report_of("old-1", 1'000'000));  // as one that knows no such request
  const Outcome outcome = audit(database.url());
  CHECK_MESSAGE(outcome.code == 0, outcome);
  CHECK(outcome.out.starts_with("3 nodes, 1 key, 1 compared: 100 %"));
  CHECK(outcome.err.find("node old-1 (vm-1, pid 17) has passed the request without an answer") !=
        std::string::npos);
  CHECK(outcome.err.find("node job-1 audits no cache") != std::string::npos);

  beat(database, report_of("slow-1", 0));
  const Outcome late = run_tool({"audit", "--timeout", "1s"}, "", database.url());
  CHECK(late.code == 4);
  CHECK(late.err.find("node slow-1 (vm-1, pid 17) has not answered: it is live, at entry 0") !=
        std::string::npos);
  without.stop();
}

TEST_CASE("audit: a cache that throws, and one that answers with anything, hurt nobody") {
  on_each_database([](const std::string& url, const auto& /*execute*/) {
    const auto throwing = [](AuditSample&) { throw Error("sample", "not today"); };
    const auto hostile = [](const std::string& version) {
      return [version](AuditSample& sample) {
        sample.add("\x1b[31m\n", version);
        sample.add("'\"\\{}", version);
        sample.add(std::string("a\0b", 3), version);
        sample.add("\xff", version);
        sample.add("twice", version);
        sample.add("twice", version);
      };
    };
    Shop one(url, "web-1", {cache_of("bad", throwing), cache_of("it's", hostile("\x1b]0;x\x07"))});
    Shop two(url, "web-2", {cache_of("it's", hostile("2"))});
    const Outcome outcome = audit(url);
    CHECK_MESSAGE(outcome.code == 3, outcome);
    CHECK(outcome.out.starts_with("2 nodes, 3 keys, 3 compared: 0.00 % agreed at once"));
    CHECK(outcome.out.find('\x1b') == std::string::npos);
    CHECK(outcome.out.find("\\u001b[31m\\n") != std::string::npos);
    const Json said = Json::parse(audit(url, {"--json"}).out);
    CHECK(said["nodes"][0]["caches"].size() + said["nodes"][1]["caches"].size() == 4);
  });
}

TEST_CASE("audit: what can't be done is said, and what is wrong before anything is written") {
  const Database database;
  const auto says = [&](const Args& args, int code, const std::string& why) {
    const Outcome outcome = database.run(args);
    CHECK(outcome.code == code);
    CHECK_MESSAGE(outcome.err.find(why) != std::string::npos, outcome.err);
  };
  says({"audit", "--keys", "0"}, 2, "--keys");
  says({"audit", "--keys", "10001"}, 2, "--keys: at most 10000");
  says({"audit", "--again", "soon"}, 2, "--again");
  says({"audit", "--timeout", "soon"}, 2, "--timeout");
  says({"audit", "--against", "SELECT 1, 2"}, 2, "--against: name with --cache");
  says({"audit", "--cache", "a", "--against", "@/no/such/file"}, 1, "/no/such/file");
  beat(database, report_of("web-1", 0));
  says({"audit", "--node", "web-2"}, 2, "did you mean \"web-1\"?");
  goodbye(database, report_of("web-1", 0));
  CHECK(database.rows() == "0");
  CHECK(run_tool({"audit"}, "", "/no/such/x.db").code == 4);

  Shop shop(Database().url(), "web-1");
  const Database other;
  Shop named(other.url(), "web-1");
  const Outcome unknown = audit(other.url(), {"--cache", "product"});
  CHECK(unknown.code == 4);
  CHECK(unknown.err.find("no node audits a cache of the name \"product\"; did you mean "
                         "\"products\"?") != std::string::npos);
  CHECK(audit(other.url()).err.find("the caches hold nothing") != std::string::npos);
}

TEST_CASE("audit: a table that Umbraco's own servers read gets no request") {
  const Database database = Database::of_umbraco();
  CHECK(run_tool({"migrate"}, "", database.path()).code == 0);
  const Outcome refused = database.run({"audit"});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("know no such request") != std::string::npos);
}

TEST_CASE("percents have as many nines as there are, and never one more") {
  using cli::percent_text;
  CHECK(percent_text(7, 7) == "100");
  CHECK(percent_text(0, 7) == "0.00");
  CHECK(percent_text(1, 3) == "33.33");
  CHECK(percent_text(999, 1000) == "99.90");
  CHECK(percent_text(9'999, 10'000) == "99.99");
  CHECK(percent_text(99'999, 100'000) == "99.999");
  CHECK(percent_text(999'999, 1'000'000) == "99.9999");
  CHECK(percent_text(19'999, 20'000) == "99.995");
}

TEST_CASE("a comparison is of keys that two hold, or that a query can tell of") {
  const Guid a = Guid::random(), b = Guid::random();
  const std::vector<AuditRecord> held{{"a", a, "c", "1", "x"}, {"b", b, "c", "1", "x"},
                                      {"a", a, "c", "2", "x"}, {"b", b, "d", "2", "y"},
                                      {"a", a, "c", "3", ""},  {"b", b, "c", "3", "z"}};
  const cli::AuditComparison each = cli::compare(held, nullptr);
  CHECK(each.sampled == 4);
  CHECK(each.compared == 2);
  REQUIRE(each.different.size() == 1);
  CHECK(each.different[0].key == cli::AuditedKey{"c", "3"});
  CHECK_FALSE(each.different[0].expected);
  const cli::Versions truth{{"1", "x"}, {"2", "y"}};
  const cli::AuditComparison with = cli::compare(held, &truth);
  CHECK(with.compared == 4);
  REQUIRE(with.different.size() == 2);
  CHECK(with.different[0].key == cli::AuditedKey{"c", "2"});
  CHECK(with.different[1].expected == "");
}

}  // namespace
}  // namespace crier::test
