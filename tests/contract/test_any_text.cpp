// SPDX-License-Identifier: MIT
// What applications say, and how they write numbers, is no reason for a store to refuse anything.
#include <crier/admin/store.hpp>

#include "base/utf8.hpp"
#include "contract/peer.hpp"
#include "contract/prune.hpp"
#include "support/entries.hpp"
#include "support/odd_locale.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

const std::string kBad = std::string("caf\xe9 \0 ", 7) + std::string(100'000, '\xff');

bool is_sound(const std::string& text) {
  return !text.empty() && is_utf8(text) && text.find('\0') == std::string::npos &&
         text.size() <= 8 * 1024;
}

TEST_CASE("a failure is recorded whatever its texts hold") {
  on_each_store([](TestStore& store) {
    FailureRecord failure;
    failure.entry = {7};
    failure.error = kBad;
    failure.name = kBad;
    failure.originated = kBad;
    failure.json_instruction = "[]";
    Peer peer(store);
    peer.failures().record({failure});
    const std::vector<FailureRecord> all = peer.failures().list();
    REQUIRE(all.size() == 1);
    CHECK(is_sound(all[0].error));
    CHECK(all[0].error.starts_with("caf\xef\xbf\xbd "));
    CHECK(is_sound(all[0].name));
    CHECK(is_sound(all[0].originated));
    CHECK(all[0].json_instruction == "[]");
  });
}

TEST_CASE("a node beats whatever its errors say") {
  on_each_store([](TestStore& store) {
    Peer node(store);
    node.report.last_error = kBad;
    node.report.troubles = {kBad, "another"};
    node.beat();
    const std::vector<NodeRecord> nodes = Peer(store).nodes().list();
    REQUIRE(nodes.size() == 1);
    CHECK(is_sound(nodes[0].last_error));
    REQUIRE_FALSE(nodes[0].troubles.empty());
    CHECK(is_sound(nodes[0].troubles[0]));
  });
}

TEST_CASE("a store works in any locale") {
  on_each_store([](TestStore& store) {
    const OddLocale odd;
    Peer node(store);
    InstructionLog& log = node.log();
    log.append(std::vector(1500, new_entry("[]", 1'234'567)));
    CHECK(log.find({1234})->instruction_count == 1'234'567);
    node.report.position = {1500};
    node.report.proof_age = 1'234'567ms;
    node.beat();
    const NodeRecord shown = node.nodes().list().at(0);
    CHECK(shown.position == EntryId{1500});
    CHECK(shown.proof_age >= 1'234'567ms);
    CHECK(node.hold(1'234'567ms).holder == node.report.incarnation);
    store.pass(1'234'567ms);
    PruneOrder order;
    order.older_than = 1'234'500ms;
    order.max_rows = 10'000;
    prune(log, order);
    CHECK(log.bounds()->oldest == EntryId{1500});
    node.cache().set("key", "value", {.sliding = 1'234'567ms});
    CHECK(node.cache().get("key") == "value");
  });
}

}  // namespace
}  // namespace crier::test
