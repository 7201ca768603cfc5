// SPDX-License-Identifier: MIT
// Refreshers that publish what they get, on nodes that hear each other.
#include "fault/crew.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace crier::test {
namespace {

bool holds(const std::vector<std::string>& texts, const std::string& what) {
  return std::ranges::any_of(
      texts, [&](const std::string& text) { return text.find(what) != std::string::npos; });
}

// A node whose refresher does `then` with each id that it is asked to refresh.
struct Echo {
  Record record;
  Record log;
  std::unique_ptr<Node> node;

  Echo(Options options, std::function<void(Node&)> then) {
    const auto products = std::make_shared<RecordingRefresher>(kProducts, "products", record);
    products->before = [this, then = std::move(then)](const std::string& what) {
      if (what.starts_with("refresh ")) {
        then(*node);
      }
    };
    Registry registry;
    registry.add(products);
    options.log = [this](LogLevel, std::string_view text) { log.add(std::string(text)); };
    node = std::make_unique<Node>(std::move(options), std::move(registry));
    node->start();
  }
  ~Echo() { node->stop(); }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
};

TEST_CASE_FIXTURE(Crew,
                  "a storm: two nodes that publish what they get come to rest, and it is told") {
  const auto again = [](Node& node) { node.cache().refresh(kProducts, 1); };
  Options options = quick("one");
  options.retry.retries = 100;  // none of which is for what was refused
  Echo one(options, again);
  options.node_name = "two";
  Echo two(options, again);
  one.node->cache().refresh(kProducts, 1);
  // Until both are at the end, and nobody adds to it.
  CHECK(eventually([&] {
    const EntryId newest = connect()->log().newest().id;
    return one.node->wait_applied(newest, 20s) && two.node->wait_applied(newest, 20s) &&
           connect()->log().newest().id == newest;
  }));
  // Without a bound to what is deep, two nodes write 2^16; this leaves room for slow machines, on
  // which it takes longer than the time for which the bound holds.
  CHECK(connect()->log().newest().id.value < 20'000);
  for (Echo* echo : {&one, &two}) {
    CHECK(holds(echo->log.lines(),
                "publishing was refused: refreshers have published inside one "
                "another "));
  }
  CHECK(eventually([&] {
    const std::vector<NodeRecord> nodes = connect()->nodes().list();
    return std::ranges::all_of(nodes, [](const NodeRecord& node) {
      return holds(node.troubles, "publishing was refused: ") &&
             holds(node.troubles, "products > products");
    });
  }));
}

TEST_CASE_FIXTURE(Crew,
                  "a chain of refreshers on several nodes goes through, and is told to each") {
  Options options = quick("one");
  int left = 6;
  const auto six_times = [&left](Node& node) {
    if (left-- > 0) {
      node.cache().refresh(kProducts, left);
    }
  };
  Echo one(options, six_times);
  Member& other = join(quick("other"));
  one.node->cache().refresh(kProducts, 100);
  CHECK(eventually([&] { return has(other.record, "products refresh 100"); }));
  CHECK(has(other.record, "products refresh 0"));
  const std::vector<Entry> entries = connect()->log().read_after({}).entries;
  std::size_t longest = 0;
  for (const Entry& entry : entries) {
    longest = std::max(longest, decode(entry.json_instruction).chain.size());
  }
  CHECK(longest == 6);
}

}  // namespace
}  // namespace crier::test
