// SPDX-License-Identifier: MIT
#include <crier/admin/audit.hpp>
#include <crier/error.hpp>

#include "contract/peer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace crier::test {
namespace {

// "cache key version" of each row.
std::vector<std::string> texts(const std::vector<AuditRecord>& records) {
  std::vector<std::string> texts;
  for (const AuditRecord& record : records) {
    texts.push_back(record.cache + " " + record.key + " " + record.version);
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("audit: an answer is read as it was given, with what it is of") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer one(store, "web-1"), two(store, "web-2");
    AuditTable& table = one.connection->audit();
    const std::vector<AuditAnswer> answers{{"products", 70, {{"42", "7"}, {"43", ""}}},
                                           {"orders", 0, {}}};
    CHECK_FALSE(table.has_answered({3}, one.report.incarnation));
    table.answer({3}, one.report, answers);
    CHECK(table.has_answered({3}, one.report.incarnation));
    CHECK_FALSE(table.has_answered({4}, one.report.incarnation));
    CHECK_FALSE(table.has_answered({3}, two.report.incarnation));
    const std::vector<AuditRecord> read = two.connection->audit().answers({3});
    CHECK(texts(read) == Texts{"  ", "orders  0", "products  70", "products 42 7", "products 43 "});
    CHECK(std::ranges::all_of(read, [&](const AuditRecord& record) {
      return record.node == "web-1" && record.incarnation == one.report.incarnation;
    }));
    two.connection->audit().answer({3}, two.report, {});
    CHECK(table.has_answered({3}, two.report.incarnation));
    CHECK(table.answers({3}).size() == 6);
    CHECK(table.answers({4}).empty());
  });
}

TEST_CASE("audit: a large answer is whole, and forgotten whole") {
  on_each_store([](TestStore& store) {
    Peer peer(store);
    AuditTable& table = peer.connection->audit();
    AuditAnswer answer{"products", 1201, {}};
    for (int i = 0; i < 1201; ++i) {
      answer.rows.push_back({std::to_string(i), std::to_string(2 * i)});
    }
    table.answer({3}, peer.report, {&answer, 1});
    table.answer({4}, peer.report, {&answer, 1});
    const std::vector<AuditRecord> read = table.answers({3});
    CHECK(read.size() == 1203);
    CHECK(std::ranges::count_if(read, [](const AuditRecord& record) {
            return !record.key.empty() && std::stoi(record.version) == 2 * std::stoi(record.key);
          }) == 1201);
    table.forget({3});
    CHECK(table.answers({3}).empty());
    CHECK(table.answers({4}).size() == 1203);
  });
}

TEST_CASE("audit: keys and versions may be any text, and one that comes twice is one") {
  on_each_store([](TestStore& store) {
    Peer peer(store);
    AuditTable& table = peer.connection->audit();
    const Texts hostile{"'", "\"", "\\", "{,}", "a\nb", "\x1b[31m", "ключ", "🗝", "NULL", " "};
    AuditAnswer answer{"c'\"\\", 1, {}};
    for (const std::string& text : hostile) {
      answer.rows.push_back({text, text});
      answer.rows.push_back({text, text});
    }
    table.answer({3}, peer.report, {&answer, 1});
    std::size_t same = 0;
    for (const AuditRecord& record : table.answers({3})) {
      same += record.key == record.version && record.cache == answer.cache ? 1U : 0U;
    }
    CHECK(same == hostile.size());
  });
}

TEST_CASE("audit: what nobody has forgotten for an hour the leader forgets") {
  on_each_cluster_store([](ClusterStore& store) {
    Peer peer(store);
    peer.beat();
    AuditTable& table = peer.connection->audit();
    table.answer({3}, peer.report, {});
    store.pass(std::chrono::hours(2));
    peer.beat();
    table.answer({4}, peer.report, {});
    table.forget_old({Guid::random(), 1});
    CHECK(table.answers({3}).size() == 1);
    table.forget_old(peer.fence());
    CHECK(table.answers({3}).empty());
    CHECK(table.answers({4}).size() == 1);
  });
}

struct Shop {
  explicit Shop(TestStore& store) : peer(store), table(peer.connection->audit()) {
    store.execute(
        "CREATE TABLE products (id BIGINT PRIMARY KEY, version BIGINT, name VARCHAR(99)); "
        "INSERT INTO products VALUES (1, 10, 'a'), (2, 20, 'b'), (3, NULL, 'c');");
  }
  std::string refusal(const std::string& sql) {
    try {
      table.look_up(sql, Texts{"1"});
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  Peer peer;
  AuditTable& table;
};

TEST_CASE("audit: a query gives the versions of the keys that are asked for") {
  on_each_store([](TestStore& store) {
    Shop shop(store);
    const std::string all = "SELECT id, version FROM products";
    const Texts asked{"1", "3", "4"};
    const std::map<std::string, std::string> expected{{"1", "10"}, {"3", ""}};
    CHECK(shop.table.look_up(all, asked) == expected);
    CHECK(shop.table.look_up(all + " ; \n", asked) == expected);
    CHECK(shop.table.look_up(all + " -- all of them", asked) == expected);
    CHECK(shop.table.look_up("WITH p AS (" + all + ") SELECT * FROM p", asked) == expected);
    CHECK(shop.table.look_up("SELECT name, name FROM products", Texts{"a", "'", "{\"\\"}) ==
          std::map<std::string, std::string>{{"a", "a"}});
    CHECK(shop.table.look_up(all + " UNION ALL " + all, asked) == expected);
    CHECK(shop.table.look_up(all, {}).empty());
  });
}

TEST_CASE("audit: a query is one query of two columns, and changes nothing") {
  on_each_store([](TestStore& store) {
    Shop shop(store);
    for (const char* const sql :
         {"", ";", "SELECT id FROM products", "DELETE FROM products",
          "SELECT id, version FROM products; DELETE FROM products", "SELECT 1, 2; SELECT 1, 2",
          "SELECT id, version FROM nowhere", "SELECT '", "/* ",
          "SELECT 1, 2) DELETE FROM products WHERE id > 0 /*",
          "SELECT 1, 2) UPDATE products SET version = 0 /*", "COMMIT", "VACUUM",
          "DROP TABLE products"}) {
      CAPTURE(sql);
      CHECK(shop.refusal(sql) != "");
    }
    const std::string twice = shop.refusal("SELECT 1, 2 UNION ALL SELECT 1, 3");
    CHECK_MESSAGE(twice.find("the key 1 in two versions") != std::string::npos, twice);
    CHECK(shop.table.look_up("SELECT id, version FROM products", Texts{"1", "2"}) ==
          std::map<std::string, std::string>{{"1", "10"}, {"2", "20"}});
  });
}

TEST_CASE("audit: a query ends by the deadline") {
  on_each_store([](TestStore& store) {
    Shop shop(store);
    shop.peer.connection->set_deadline(std::chrono::milliseconds(50));
    CHECK(shop.refusal("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                       "SELECT i, i FROM n") != "");
    shop.peer.connection->set_deadline(std::chrono::seconds(30));
    CHECK(shop.refusal("SELECT id, version FROM products") == "");
  });
}

}  // namespace
}  // namespace crier::test
