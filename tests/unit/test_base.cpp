// SPDX-License-Identifier: MIT
#include <crier/admin/identity.hpp>
#include <crier/guid.hpp>
#include <crier/node_record.hpp>
#include <crier/notification.hpp>
#include <crier/version.hpp>

#include "base/fingerprint.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace crier::test {

using namespace literals;

TEST_CASE("Guid: reads D, N, B and P forms in any case, and writes lower-case D") {
  const std::string text = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
  for (const char* form :
       {"7c9e6679-7425-40de-944b-e07fc1f90ae7", "7C9E6679-7425-40DE-944B-E07FC1F90AE7",
        "7c9e6679742540de944be07fc1f90ae7", "{7c9e6679-7425-40de-944b-e07fc1f90ae7}",
        "(7C9E6679-7425-40de-944b-e07fc1f90ae7)"}) {
    CAPTURE(form);
    REQUIRE(Guid::parse(form));
    CHECK(Guid::parse(form)->to_string() == text);
  }
  CHECK("7c9e6679-7425-40de-944b-e07fc1f90ae7"_guid == kProducts);
}

TEST_CASE("Guid: anything else is none") {
  for (const char* form :
       {"", "7c9e6679", "7c9e6679-7425-40de-944b-e07fc1f90ae",
        "7c9e6679-7425-40de-944b-e07fc1f90ae77", "7c9e6679-7425-40de-944b-e07fc1f90aeg",
        "7c9e6679_7425_40de_944b_e07fc1f90ae7", "{7c9e6679-7425-40de-944b-e07fc1f90ae7)",
        "{7c9e6679742540de944be07fc1f90ae7}", " 7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "7c9e66797-425-40de-944b-e07fc1f90ae7"}) {
    CAPTURE(form);
    CHECK_FALSE(Guid::parse(form));
  }
}

TEST_CASE("Guid: random ones are version 4 and differ") {
  std::set<Guid> seen;
  for (int i = 0; i < 1000; ++i) {
    const Guid guid = Guid::random();
    const std::string text = guid.to_string();
    REQUIRE(text[14] == '4');
    REQUIRE(std::string("89ab").find(text[19]) != std::string::npos);
    seen.insert(guid);
  }
  CHECK(seen.size() == 1000);
  CHECK(Guid().empty());
  CHECK_FALSE(kProducts.empty());
  CHECK(std::hash<Guid>()(kProducts) != std::hash<Guid>()(kOrders));
}

TEST_CASE("Identity: originated has Umbraco's form, and differs between incarnations") {
  Identity identity{"web1", "shop", 42, kProducts};
  CHECK(identity.originated() == "web1/shop [P42/D1] 7C9E6679742540DE944BE07FC1F90AE7");
  CHECK(identity.stable_name() == "web1/shop");

  const Identity here = Identity::of_this_process("shop");
  CHECK(here.application == "shop");
  CHECK(here.pid > 0);
  CHECK_FALSE(here.machine.empty());
  CHECK(here.originated() != Identity::of_this_process("shop").originated());
  CHECK(Identity::of_this_process().application == "unit_base");
}

TEST_CASE("Identity: long names are cut between characters, to Umbraco's 500") {
  std::string name;
  for (int i = 0; i < 200; ++i) {
    name += "é";
  }
  const Identity here = Identity::of_this_process(name);
  CHECK(here.application.size() == 214);
  CHECK(here.originated().size() <= 500);
  CHECK(name.starts_with(here.application));
}

TEST_CASE("Fingerprint: tells apart rows that bear the same id, the same in every process") {
  const Entry entry{{7}, "2026-11-21 10:00:00.123", "web1/shop [P42/D1] AB", 2, "[]"};
  CHECK(entry.fingerprint() ==
        fingerprint_of(entry.utc_stamp, entry.originated, 2, digest_of(entry.json_instruction)));
  // Positions are kept beyond a process: these values must not change between versions.
  CHECK(entry.fingerprint().value == 8114969960407167685ULL);
  CHECK(first_fingerprint_of(entry).value == 14125207656565608434ULL);
  const auto check_of = [](const Entry& each) { return each.id.with(each.fingerprint()).check; };
  Entry other = entry;
  other.utc_stamp.back() = '4';
  CHECK(check_of(other) != check_of(entry));
  other = entry;
  other.originated += 'C';
  CHECK(check_of(other) != check_of(entry));
  other = entry;
  other.instruction_count = 3;
  CHECK(check_of(other) != check_of(entry));
  other = entry;
  other.json_instruction = "[{}]";
  CHECK(check_of(other) != check_of(entry));
  CHECK(fingerprint_of("a", "bc", 1, 0) != fingerprint_of("ab", "c", 1, 0));
}

TEST_CASE("every enum value has a name of its own, and others are unknown") {
  std::set<std::string_view> types, messages, failures, reasons, roles, states, refreshers;
  for (int i = 0; i < 6; ++i) {
    types.insert(to_string(static_cast<RefreshType>(i)));
  }
  for (int i = 0; i < 7; ++i) {
    messages.insert(to_string(static_cast<MessageType>(i)));
  }
  for (std::size_t i = 0; i < kResyncReasons; ++i) {
    reasons.insert(to_string(static_cast<ResyncReason>(i)));
  }
  for (int i = 1; i < 4; ++i) {
    roles.insert(to_string(static_cast<Role>(i)));
  }
  for (int i = 0; i < 3; ++i) {
    states.insert(to_string(static_cast<NodeState>(i)));
  }
  for (int i = 0; i < 4; ++i) {
    failures.insert(to_string(static_cast<FailureKind>(i)));
    refreshers.insert(to_string(static_cast<RefresherState>(i)));
  }
  CHECK(types.size() == 6);
  CHECK(reasons.size() == kResyncReasons);
  CHECK(roles.size() == 3);
  CHECK(states.size() == 3);
  CHECK(messages.size() == 7);
  CHECK(failures.size() == 4);
  CHECK(refreshers.size() == 4);
  for (const auto& names : {types, messages, failures, reasons, roles, states, refreshers}) {
    CHECK_FALSE(names.contains("unknown"));
  }
  CHECK(to_string(static_cast<RefreshType>(6)) == "unknown");
  CHECK(to_string(static_cast<MessageType>(7)) == "unknown");
  CHECK(to_string(static_cast<FailureKind>(4)) == "unknown");
  CHECK(to_string(static_cast<ResyncReason>(kResyncReasons)) == "unknown");
  CHECK(to_string(static_cast<RefresherState>(4)) == "unknown");
  CHECK(to_string(Role::unknown) == "unknown");
  CHECK(to_string(static_cast<Role>(4)) == "unknown");
  CHECK(to_string(static_cast<NodeState>(3)) == "unknown");
}

TEST_CASE("Instruction: what it adds to its row's count") {
  CHECK(Instruction::refresh_all(kProducts).count() == 1);
  CHECK(Instruction::refresh_by_id(kProducts, 0).count() == 1);
  CHECK(Instruction::refresh_by_ids(kProducts, {1, 2, 3}).count() == 3);
  CHECK(Instruction::refresh_by_ids(kProducts, {}).count() == 0);
  CHECK(Instruction::refresh_by_json(kProducts, "[1,2,3]").count() == 1);
}

TEST_CASE("version is the one of the build") {
  CHECK(version().find('.') != std::string_view::npos);
}

}  // namespace crier::test
