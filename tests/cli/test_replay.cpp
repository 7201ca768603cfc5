// SPDX-License-Identifier: MIT
#include "cli/database.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

std::string json_of(const Database& database, const std::string& id) {
  return query(database.path(),
               "SELECT jsonInstruction FROM crierCacheInstruction WHERE id = " + id);
}

// Entries 1 to 5: 1 and 4 for products, 2 and 5 for orders, 3 for both.
void put_five(const Database& database) {
  database.put(1, all_of(kProducts));
  database.put(2, ids_of(kOrders, "[1,2]"), kOrigin, 2);
  const std::string products = ids_of(kProducts, "[7,8,9]"), orders = all_of(kOrders);
  database.put(3, products.substr(0, products.size() - 1) + "," + orders.substr(1), kOrigin, 4);
  database.put(4, ids_of(kProducts, "[3]"));
  database.put(5, all_of(kOrders));
}

TEST_CASE("replay appends an entry again, and prints old and new id") {
  const Database database;
  put_five(database);
  CHECK(database.run({"replay", "2"}) == Outcome{0, "2 -> 6\n", ""});
  CHECK(json_of(database, "6") == json_of(database, "2"));
  CHECK(query(database.path(), "SELECT instructionCount FROM crierCacheInstruction WHERE id = 6") ==
        "2");
  CHECK(query(database.path(), "SELECT originated FROM crierCacheInstruction WHERE id = 6")
            .find("/crier [P") != std::string::npos);
}

TEST_CASE("replay takes several ids, in the order given") {
  const Database database;
  put_five(database);
  CHECK(database.run({"replay", "4", "1", "--json"}) ==
        Outcome{0, "{\"old\":4,\"new\":6}\n{\"old\":1,\"new\":7}\n", ""});
  CHECK(json_of(database, "7") == json_of(database, "1"));
}

TEST_CASE("a range begins after --after, and ends with --through") {
  const Database database;
  put_five(database);
  CHECK(database.run({"replay", "--after", "1", "--through", "3"}) ==
        Outcome{0, "2 -> 6\n3 -> 7\n", ""});
  CHECK(database.run({"replay", "--after", "0", "--through", "1"}).out == "1 -> 8\n");
}

TEST_CASE("what replay does not understand survives it") {
  const Database database;
  const std::string json =
      R"([ {"RefresherId":")" + kProducts + R"(", "Tomorrow": {"x": [1, 2.50]}} ])";
  database.put(1, json);
  CHECK(database.run({"replay", "1"}).code == 0);
  CHECK(json_of(database, "2") == json);
}

TEST_CASE("--refresher replays only that one's instructions") {
  const Database database;
  put_five(database);
  CHECK(database.run({"replay", "--after", "0", "--through", "3", "--refresher", kProducts}) ==
        Outcome{0, "1 -> 6\n3 -> 7\n",
                "crier: entry 2 holds nothing for " + kProducts + ": skipped\n"});
  CHECK(database.run({"show", "7", "--json"})
            .out.find("\"instructionCount\":3,\"instructions\":[{\"refresher\":\"" + kProducts +
                      "\",\"type\":\"refresh_by_ids\",\"ids\":[7,8,9]}]") != std::string::npos);
}

TEST_CASE("a dry run prints, and writes nothing") {
  const Database database;
  put_five(database);
  CHECK(database.run({"replay", "1", "2", "--dry-run"}) == Outcome{0, "1 -> ?\n2 -> ?\n", ""});
  CHECK(database.run({"replay", "1", "--dry-run", "--json"}) ==
        Outcome{0, "{\"old\":1,\"new\":null}\n", ""});
  CHECK(database.rows() == "5");
}

TEST_CASE("what can't be replayed as a whole is not replayed at all") {
  const Database database;
  put_five(database);
  const auto failed = [&](Args args, const std::string& said) {
    args.insert(args.begin(), "replay");
    CHECK(database.run(args) == Outcome{1, "", said});
    args.push_back("--dry-run");
    CHECK(database.run(args).code == 1);
    CHECK(database.rows() == "5");
  };
  SUBCASE("an entry that does not exist") {
    failed({"99"}, "crier: no entry 99: the log holds 1 to 5; nothing was written\n");
    failed({"1", "7", "99"},
           "crier: no entries 7, 99: the log holds 1 to 5; nothing was written\n");
  }
  SUBCASE("a range that ends beyond the log") {
    failed({"--after", "3", "--through", "9223372036854775807"},
           "crier: no entries 6 to 9223372036854775807: the log holds 1 to 5; nothing was "
           "written\n");
    failed({"--after", "5", "--through", "6"},
           "crier: no entry 6: the log holds 1 to 5; nothing was written\n");
  }
  SUBCASE("a --refresher that matches nothing") {
    const std::string other = "99999999-9999-9999-9999-999999999999";
    failed({"1", "--refresher", other}, "crier: entry 1 holds nothing for " + other +
                                            ": skipped\ncrier: no instruction for " + other +
                                            " in these entries: nothing was written\n");
  }
}

TEST_CASE("a range with holes is not replayed") {
  const Database database;
  put_five(database);
  database.drop(1);
  database.drop(3);
  CHECK(database.run({"replay", "--after", "0", "--through", "5"}) ==
        Outcome{1, "", "crier: no entries 1, 3: the log holds 2 to 5; nothing was written\n"});
  CHECK(database.run({"replay", "--after", "2", "--through", "4"}) ==
        Outcome{1, "", "crier: no entry 3: the log holds 2 to 5; nothing was written\n"});
  CHECK(database.rows() == "3");
  SUBCASE("at its end either, whatever follows") {
    run_sql(database.path(), "UPDATE crierCacheInstruction SET jsonInstruction = '' WHERE id = 5");
    database.drop(4);
    CHECK(database.run({"replay", "--after", "1", "--through", "4"}) ==
          Outcome{1, "", "crier: no entries 3 to 4: the log holds 2 to 5; nothing was written\n"});
  }
}

TEST_CASE("of very many holes the first are named") {
  const Database database;
  for (std::int64_t id = 2; id <= 40; id += 2) {
    database.put(id, all_of(kProducts));
  }
  CHECK(database.run({"replay", "--after", "0", "--through", "40"}).err ==
        "crier: no entries 1, 3, 5, 7, 9, 11, 13, 15, 17, 19 and more: the log holds 2 to 40; "
        "nothing was written\n");
}

TEST_CASE("an entry that can't be read is not replayed, nor are the others") {
  const Database database;
  database.put(1, all_of(kProducts));
  database.put(2, "{}");
  for (const Args& args : {Args{"replay", "1", "2"},
                           {"replay", "--after", "0", "--through", "2"},
                           {"replay", "1", "2", "--refresher", kProducts}}) {
    CHECK(database.run(args) == Outcome{1, "",
                                        "crier: entry 2 can't be read, and nothing was written: "
                                        "The text is an object, not an array of instructions.\n"});
  }
  CHECK(database.rows() == "2");
}

TEST_CASE("a malformed replay is a usage error") {
  const Database database;
  const auto refused = [&](Args args, const std::string& sentence) {
    args.insert(args.begin(), "replay");
    CHECK(database.run(args) == Outcome{2, "", "crier: " + sentence + "\n"});
  };
  const std::string either = "give the ids of entries, or a range with --after and --through";
  refused({}, either);
  refused({"1", "--after", "1", "--through", "2"}, either);
  refused({"1", "--through", "2"}, either);
  refused({"--after", "1"}, "a range needs both --after and --through");
  refused({"--through", "1"}, "a range needs both --after and --through");
  refused({"--after", "3", "--through", "3"},
          "the range is empty: --through must be greater than --after");
  refused({"--after", "x", "--through", "3"},
          "--after: \"x\" is not the id of an entry, a whole number from 0");
  refused({"one"}, "ID: \"one\" is not the id of an entry, a whole number from 0");
}

}  // namespace
}  // namespace crier::test
