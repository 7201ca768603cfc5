// SPDX-License-Identifier: MIT
// Readers and writers of several versions share one log.
#include "fault/crew.hpp"
#include "support/files.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

namespace crier::test {
namespace {

// What Umbraco's reader knows: these fields, of these types (JSON numbers are integers there).
void check_strict(const nlohmann::json& row) {
  static const std::set<std::string> kFields{"RefreshType", "RefresherId", "GuidId",     "IntId",
                                             "JsonIds",     "JsonIdCount", "JsonPayload"};
  REQUIRE(row.is_array());
  for (const nlohmann::json& element : row) {
    REQUIRE(element.is_object());
    CHECK(element.at("RefreshType").is_number_integer());
    CHECK(Guid::parse(element.at("RefresherId").get<std::string>()).has_value());
    for (const auto& item : element.items()) {
      CAPTURE(item.key());
      CHECK(kFields.contains(item.key()));
    }
    if (element.contains("JsonIds") && !element["JsonIds"].is_null()) {
      const nlohmann::json ids = nlohmann::json::parse(element["JsonIds"].get<std::string>());
      CHECK(element.value("JsonIdCount", std::size_t{1}) == ids.size());
    }
  }
}

TEST_CASE_FIXTURE(Crew, "mixed versions: rows of all of Umbraco's eras reach a node") {
  Member& member = join(quick("node"));
  std::ifstream rows(source_file("tests/data/umbraco-rows.jsonl"));
  EntryId last;
  std::size_t count = 0;
  for (std::string line; std::getline(rows, line);) {
    const nlohmann::json row = nlohmann::json::parse(line);
    if (row.at("malformed").get<bool>()) {
      continue;
    }
    ++count;
    last = append(*connect(), new_entry(row.at("jsonInstruction").get<std::string>()));
  }
  REQUIRE(count > 10);
  CHECK(member.node->wait_applied(last, 20s));
  CHECK(member.node->counters().resyncs == 0);
  CHECK(member.node->counters().entries == count);
  for (const std::string& line : member.observer->record.lines()) {
    CHECK(line.find("unreadable") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Crew, "mixed versions: what a later writer adds is passed over") {
  join_all(2);
  const std::string guid = kProducts.to_string();
  append(*connect(), new_entry(R"([{"RefreshType":2,"RefresherId":")" + guid +
                               R"(","IntId":1,"Priority":9,"Trace":{"parent":["x"]}}])"));
  append(*connect(),
         new_entry(R"([{"RefreshType":0,"RefresherId":")" + kUnknown.to_string() + R"("}])"));
  const EntryId last = write(2);
  CHECK(all_have(last));
  for (const auto& member : members) {
    CHECK(member->record.lines() == Lines{"products refresh 1", "products refresh 2"});
    CHECK(member->node->counters().resyncs == 0);
    CHECK(has(member->observer->record,
              "failed 2 unknown_refresher: no refresher here bears this GUID"));
  }
}

TEST_CASE_FIXTURE(Crew, "mixed versions: a refresh type of the future refreshes its refresher") {
  join_all(2);
  const std::string guid = kProducts.to_string();
  append(*connect(), new_entry(R"([{"RefreshType":9,"RefresherId":")" + guid + R"("}])"));
  const EntryId last = write(2);
  CHECK(all_have(last));
  for (const auto& member : members) {
    CHECK(eventually([&] { return member->record.size() == 2; }));
    CHECK(member->record.lines() == Lines{"products all", "products refresh 2"});
    CHECK(has_beginning(member->observer->record, "failed 1 unreadable"));
    CHECK(member->node->counters().resyncs == 0);  // it alone
  }
}

TEST_CASE_FIXTURE(Crew, "mixed versions: a reader that knows Umbraco's fields alone reads ours") {
  Member& member = join(quick("node"));
  DistributedCache& cache = member.node->cache();
  cache.refresh_all(kProducts);
  cache.refresh(kProducts, 1);
  cache.refresh(kProducts, std::vector<std::int64_t>{2, 3});
  cache.refresh(kProducts, kOrders);
  cache.remove(kProducts, 4);
  cache.refresh_by_json(kProducts, R"({"sku":"A-1"})");
  auto batch = cache.batch();
  batch.refresh(kProducts, 5);
  batch.remove(kProducts, 6);
  batch.commit();
  const std::vector<Entry> rows = connect()->log().read_after({}).entries;
  REQUIRE(rows.size() == 7);
  for (const Entry& row : rows) {
    CAPTURE(row.json_instruction);
    check_strict(nlohmann::json::parse(row.json_instruction));
  }
}

}  // namespace
}  // namespace crier::test
