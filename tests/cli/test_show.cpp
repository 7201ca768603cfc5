// SPDX-License-Identifier: MIT
#include "cli/database.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

TEST_CASE("show prints all there is to an entry") {
  const Database database;
  database.put(7,
               R"([{"RefreshType":3,"RefresherId":")" + kProducts + R"(","JsonIds":"[1,-2]"},)" +
                   R"([[{"RefreshType":4,"RefresherId":")" + kOrders +
                   R"(","JsonPayload":"{\"a\":\"b\\n\"}"}]],)" +
                   R"({"RefreshType":1,"RefresherId":")" + kOrders + R"(","GuidId":")" + kProducts +
                   R"("},{"RefreshType":2,"RefresherId":")" + kOrders +
                   R"(","IntId":5},{"RefresherId":")" + kOrders + R"("}])",
               kOrigin, 6);
  CHECK(database.run({"show", "7"}) == Outcome{0,
                                               "entry 7\n"
                                               "stamp   2026-11-21 10:00:07\n"
                                               "origin  " +
                                                   kOrigin +
                                                   "\n"
                                                   "count   6\n"
                                                   "  " +
                                                   kProducts +
                                                   " refresh_by_ids 1,-2\n"
                                                   "  " +
                                                   kOrders +
                                                   " refresh_by_json {\"a\":\"b\\n\"}\n"
                                                   "  " +
                                                   kOrders + " refresh_by_guid " + kProducts +
                                                   "\n"
                                                   "  " +
                                                   kOrders +
                                                   " refresh_by_id 5\n"
                                                   "  " +
                                                   kOrders + " refresh_all\n",
                                               ""});
}

TEST_CASE("show prints JSON") {
  const Database database;
  database.put(7, all_of(kProducts));
  CHECK(database.run({"show", "7", "--json"}) == database.run({"list", "--json"}));
}

TEST_CASE("show names what can't be read, and shows the text") {
  const Database database;
  database.put(1,
               R"([{"RefreshType":77,"RefresherId":")" + kProducts + R"("},{"RefresherId":")" +
                   kOrders + R"("}])",
               "shop");
  CHECK(database.run({"show", "1"}).out ==
        "entry 1\nstamp   2026-11-21 10:00:01\norigin  shop\ncount   1\n  " + kOrders +
            " refresh_all\n"
            "  unreadable: Element 1: RefreshType is 77, which is no refresh type.\n"
            "raw     [{\"RefreshType\":77,\"RefresherId\":\"" +
            kProducts + "\"},{\"RefresherId\":\"" + kOrders + "\"}]\n");
}

TEST_CASE("show says that an entry holds nothing") {
  const Database database;
  database.put(1, "[]", "shop", 0);
  CHECK(database.run({"show", "1"}).out ==
        "entry 1\nstamp   2026-11-21 10:00:01\norigin  shop\ncount   0\n  no instructions\n");
}

TEST_CASE("show of an entry that is not there says what is") {
  const Database database;
  CHECK(database.run({"show", "99"}) == Outcome{1, "", "crier: no entry 99: the log is empty\n"});
  database.put(3, all_of(kProducts));
  database.put(17, all_of(kProducts));
  CHECK(database.run({"show", "99"}) ==
        Outcome{1, "", "crier: no entry 99: the log holds 3 to 17\n"});
  CHECK(database.run({"show", "4", "--json"}) ==
        Outcome{1, "", "crier: no entry 4: the log holds 3 to 17\n"});
}

TEST_CASE("show of what is no id is a usage error") {
  const Database database;
  CHECK(database.run({"show", "seven"}) ==
        Outcome{2, "", "crier: ID: \"seven\" is not the id of an entry, a whole number from 0\n"});
  CHECK(database.run({"show", "99999999999999999999"}).code == 2);
}

}  // namespace
}  // namespace crier::test
