// SPDX-License-Identifier: MIT
#include "cli/database.hpp"
#include "table.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace crier::test {
namespace {

// The ids that a list prints, separated by blanks.
std::string ids(const Outcome& outcome) {
  CHECK(outcome.code == 0);
  std::istringstream lines(outcome.out);
  std::string result;
  std::string head;
  std::getline(lines, head);
  CHECK((head.empty() || head.starts_with("ID      TIME            NODE            INSTR")));
  for (std::string line; std::getline(lines, line);) {
    result += (result.empty() ? "" : " ") + line.substr(0, line.find(' '));
  }
  return result;
}

void put(const Database& database, std::int64_t first, std::int64_t last) {
  for (std::int64_t id = first; id <= last; ++id) {
    database.put(id, ids_of(id % 2 == 0 ? kProducts : kOrders, "[" + std::to_string(id) + "]"));
  }
}

const std::string kHead = "ID      TIME            NODE            INSTRUCTIONS\n";

TEST_CASE("an entry is one line below a head, and fits 80 columns unless it is to be whole") {
  const Database database;
  database.put(1, ids_of(kProducts, "[1,2]"), kOrigin, 2);
  const std::string out = database.run({"list"}).out;
  const std::string line = "1       11-21 10:00:01  web-1/shop [P…  7c9e6679… refresh_by_ids 1,2\n";
  CHECK(out == kHead + line);
  database.put(2, ids_of(kProducts, "[1000001,1000002,1000003]"), kOrigin, 3);
  const std::string cut = database.run({"list", "--after", "1"}).out.substr(kHead.size());
  CHECK(cut.ends_with(" refresh_by_ids 1000001,100000…\n"));
  CHECK(cli::columns_of(cut) == 81);  // its end is no column
  database.drop(2);
  CHECK(database.run({"list", "--wide"}).out ==
        "ID      TIME                 NODE                      COUNT  INSTRUCTIONS\n"
        "1       2026-11-21 10:00:01  web-1/shop [P42/D1]       2      " +
            kProducts + " refresh_by_ids 1,2\n");
}

TEST_CASE("an entry is one JSON object") {
  const Database database;
  database.put(1, ids_of(kProducts, "[1,2]"), kOrigin, 2);
  CHECK(database.run({"list", "--json"}).out ==
        "{\"id\":1,\"utcStamp\":\"2026-11-21 10:00:01\",\"originated\":\"" + kOrigin +
            "\",\"instructionCount\":2,\"instructions\":[{\"refresher\":\"" + kProducts +
            "\",\"type\":\"refresh_by_ids\",\"ids\":[1,2]}]}\n");
}

TEST_CASE("a time that can't be is shown so that it can be seen") {
  const Database database;
  database.put(1, ids_of(kProducts, "[1]"));
  database.put(2, ids_of(kProducts, "[2]"));
  run_sql(database.path(),
          "UPDATE crierCacheInstruction SET utcStamp = CASE id WHEN 1 THEN '2999-01-01 10:00:00' "
          "ELSE 'garbage' END");
  const std::string shown = database.run({"list", "--utc"}).out;
  CHECK(shown.find("1       2999-01-01      ") != std::string::npos);
  CHECK(shown.find("2       garbage         ") != std::string::npos);
}

TEST_CASE("an empty log lists nothing") {
  const Database database;
  for (const Args& args : {Args{"list"}, {"list", "--reverse"}, {"list", "--after", "5"}}) {
    CHECK(database.run(args) == Outcome{0, "", ""});
  }
}

TEST_CASE("by default the newest 50 are listed, oldest first") {
  const Database database;
  put(database, 1, 55);
  const std::string all = ids(database.run({"list"}));
  CHECK(all.starts_with("6 7 8 "));
  CHECK(all.ends_with(" 54 55"));
  CHECK(ids(database.run({"list", "--limit", "3"})) == "53 54 55");
  CHECK(ids(database.run({"list", "--limit", "1"})) == "55");
  CHECK(ids(database.run({"list", "--limit", "1000000"})).starts_with("1 2 3 "));
}

TEST_CASE("--after lists the first ones after an entry") {
  const Database database;
  put(database, 1, 9);
  CHECK(ids(database.run({"list", "--after", "3", "--limit", "2"})) == "4 5");
  CHECK(ids(database.run({"list", "--after", "0", "--limit", "2"})) == "1 2");
  CHECK(ids(database.run({"list", "--after", "9"})).empty());
}

TEST_CASE("--reverse lists the newest first") {
  const Database database;
  put(database, 1, 30);
  CHECK(ids(database.run({"list", "--reverse", "--limit", "3"})) == "30 29 28");
  CHECK(ids(database.run({"list", "--reverse", "--after", "27"})) == "30 29 28");
  CHECK(ids(database.run({"list", "--reverse", "--after", "27", "--limit", "2"})) == "30 29");
}

TEST_CASE("filters come before the limit") {
  const Database database;
  put(database, 1, 40);
  const Args products{"list", "--refresher", kProducts, "--limit", "3"};
  CHECK(ids(database.run(products)) == "36 38 40");
  Args args = products;
  args.insert(args.end(), {"--after", "5"});
  CHECK(ids(database.run(args)) == "6 8 10");
  args.push_back("--reverse");
  CHECK(ids(database.run(args)) == "40 38 36");
  CHECK(ids(database.run({"list", "--refresher", "99999999-9999-9999-9999-999999999999"})).empty());
}

TEST_CASE("--refresher finds an unreadable part that names the refresher") {
  const Database database;
  database.put(1, R"([{"RefreshType":77,"RefresherId":")" + kProducts + R"("}])");
  database.put(2, "this is not JSON");
  CHECK(ids(database.run({"list", "--refresher", kProducts})) == "1");
}

TEST_CASE("--origin looks for a part of the origin, in any case") {
  const Database database;
  database.put(1, all_of(kProducts), "WEB-1/Shop");
  database.put(2, all_of(kProducts), "web-2/shop");
  CHECK(ids(database.run({"list", "--origin", "web-1"})) == "1");
  CHECK(ids(database.run({"list", "--origin", "SHOP"})) == "1 2");
  CHECK(ids(database.run({"list", "--origin", ""})) == "1 2");
  CHECK(ids(database.run({"list", "--origin", "web-3"})).empty());
}

TEST_CASE("--since is inclusive") {
  const Database database;
  put(database, 1, 9);
  CHECK(ids(database.run({"list", "--since", "2026-11-21 10:00:08"})) == "8 9");
  CHECK(ids(database.run({"list", "--since", "2026-11-21T10:00:08.000Z"})) == "8 9");
  CHECK(ids(database.run({"list", "--since", "2026-11-21 10:00:08.1"})) == "9");
  CHECK(ids(database.run({"list", "--since", "2026-11-22"})).empty());
  CHECK(ids(database.run({"list", "--since", "2026-11-21", "--limit", "1"})) == "9");
}

TEST_CASE("a log with holes is listed as it is") {
  const Database database;
  put(database, 3, 5);
  put(database, 20, 21);
  CHECK(ids(database.run({"list", "--limit", "3"})) == "5 20 21");
  CHECK(ids(database.run({"list", "--after", "5"})) == "20 21");
}

TEST_CASE("only the first instructions of an entry are on its line") {
  const Database database;
  const std::string one = R"({"RefreshType":5,"RefresherId":")" + kProducts + R"(","IntId":7})";
  database.put(1, "[" + one + "," + one + "," + one + "]", "shop", 3);
  const std::string wide = database.run({"list", "--wide"}).out;
  CHECK(wide.ends_with("  " + kProducts + " remove_by_id 7; " + kProducts +
                       " remove_by_id 7; +1 more\n"));
  database.drop(1);
  database.put(2, "[]", "shop", 0);
  CHECK(database.run({"list"}).out ==
        kHead + "2       11-21 10:00:02  shop            no instructions\n");
}

TEST_CASE("a malformed list is a usage error, whatever the database") {
  const auto refused = [](const Args& args, const std::string& sentence) {
    CHECK(run_tool(args, "", "/no/such/folder/x.db") ==
          Outcome{2, "", "crier: " + sentence + "\n"});
  };
  refused({"list", "--limit", "0"}, "--limit: \"0\" is not a whole number from 1");
  refused({"list", "--after", "-1"},
          "--after: \"-1\" is not the id of an entry, a whole number from 0");
  refused({"list", "--until", "2026-11-20", "--since", "2026-11-21"},
          "--since is after --until: nothing can be between them");
  refused({"list", "--count-by", "minut"},
          "--count-by: \"minut\" is not origin, refresher or minute; did you mean minute?");
  refused({"list", "--id", "x"}, "--id: \"x\" is not a whole number of 64 bits");
  refused({"list", "--since", "2130-01-01"},
          "--since: \"2130-01-01\" is in the future: nothing has happened since");
  refused({"list", "--count-by", "minute", "--since", "2130-01-01", "--until", "2131-01-01"},
          "--since: \"2130-01-01\" is in the future: nothing has happened since");
  refused({"list", "--since", "noon"},
          "--since: \"noon\" is not a time such as 2026-11-21 or \"2026-11-21 10:00:00\"");
}

}  // namespace
}  // namespace crier::test
