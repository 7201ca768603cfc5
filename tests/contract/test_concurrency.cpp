// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/peer.hpp"
#include "support/entries.hpp"
#include "support/test_store.hpp"

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

constexpr int kWriters = 4;
constexpr int kAppends = 60;

// Appends one to three entries at a time, each naming writer and number.
void write_numbers(Store& store, int writer, std::atomic<int>& failures) try {
  const auto connection = store.connect(Access::read_write);
  EntryId last;
  for (int n = 0; n < kAppends; ++n) {
    const std::vector entries(static_cast<std::size_t>(1 + n % 3),
                              new_entry(std::to_string(n), 1, std::to_string(writer)));
    const EntryId id = connection->log().append(entries);
    failures += id <= last ? 1 : 0;
    last = id;
  }
} catch (const std::exception&) {
  ++failures;
}

TEST_CASE("a reader sees every entry of four writers once, in order of id, without a hole") {
  on_each_store([](TestStore& store) {
    const auto opened = store.open();
    const auto reader = opened->connect(Access::read_only);
    std::atomic<int> failures = 0;
    std::vector<Entry> seen;
    {
      std::vector<std::jthread> writers;
      for (int writer = 0; writer < kWriters; ++writer) {
        writers.emplace_back([&, writer] { write_numbers(*opened, writer, failures); });
      }
      Cursor cursor;
      while (seen.size() < kWriters * kAppends * 2 && failures == 0) {
        const Page page = reader->log().read_after(cursor.id, {7});
        if (cursor.id != EntryId{}) {
          REQUIRE(page.anchor == cursor.fingerprint);
        }
        for (const Entry& entry : page.entries) {
          REQUIRE(entry.id.value == cursor.id.value + 1);
          cursor = {entry.id, entry.fingerprint()};
          seen.push_back(entry);
        }
      }
    }
    CHECK(failures == 0);

    // Each writer's entries stand in the order in which it wrote them.
    std::vector<std::vector<std::string>> texts(kWriters);
    for (const Entry& entry : seen) {
      texts.at(static_cast<std::size_t>(std::stoi(entry.originated)))
          .push_back(entry.json_instruction);
    }
    std::vector<std::string> expected;
    for (int n = 0; n < kAppends; ++n) {
      expected.insert(expected.end(), static_cast<std::size_t>(1 + n % 3), std::to_string(n));
    }
    for (const std::vector<std::string>& one : texts) {
      CHECK(one == expected);
    }
  });
}

TEST_CASE("of two live nodes that claim one position at once, one gets it") {
  on_each_store([](TestStore& store) {
    for (int round = 0; round < 20; ++round) {
      const std::string name = "web-" + std::to_string(round);
      std::array<Peer, 2> peers = {Peer(store, name), Peer(store, name)};
      std::latch start(2);
      std::atomic<int> owned = 0;
      {
        std::vector<std::jthread> threads;
        for (Peer& peer : peers) {
          peer.beat();
          threads.emplace_back([&] {
            start.arrive_and_wait();
            owned += peer.claim().owned ? 1 : 0;
          });
        }
      }
      CHECK(owned == 1);
    }
  });
}

}  // namespace
}  // namespace crier::test
