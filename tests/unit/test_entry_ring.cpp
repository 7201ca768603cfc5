// SPDX-License-Identifier: MIT
// The slots in which entries are handed over: what is not whole, or of something else, is no entry.
#include "store/sqlite/entry_ring.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

using sqlite::EntryRing;

struct RingFixture {
  TempDir dir;
  const int file = open((dir / "ring").c_str(), O_RDWR | O_CREAT, 0600);
  const EntryRing ring{"log", 4096};
  const Cursor before{{7}, {70}};
  const Entry entry{{8}, "2026-11-21 10:00:00.123", "web-1/\xff", 3, R"([{"id":1}])"};
  Entry found;

  ~RingFixture() { close(file); }

  [[nodiscard]] std::string written() const {
    EntryRing::Slot slot{};
    return {slot.data(), ring.write(before, entry, 2, slot)};
  }
  [[nodiscard]] bool put(const Cursor& behind, const Entry& one) const {
    return ring.put(file, behind, {&one, 1});
  }
  [[nodiscard]] bool finds(const Cursor& after) {
    return ring.find(file, after, found).has_value();
  }
  [[nodiscard]] bool reads(std::string_view bytes) {
    return ring.read(bytes, before, found).has_value();
  }
};

TEST_CASE_FIXTURE(RingFixture, "ring: what was put is found by who stands before it") {
  REQUIRE(put(before, entry));
  REQUIRE(finds(before));
  CHECK(found == entry);
  CHECK_FALSE(finds({{8}, {70}}));
  CHECK_FALSE(finds({{6}, {70}}));
  CHECK_FALSE(finds({{7}, {71}}));  // another log's row of that id
  CHECK_FALSE(EntryRing("other log", 4096).find(file, before, found).has_value());
  CHECK_FALSE(EntryRing("log", 8192).find(file, before, found));
}

TEST_CASE_FIXTURE(RingFixture, "ring: each says how many were put behind it") {
  std::vector<Entry> three(3, entry);
  three[1].id = {9};
  three[2].id = {10};
  REQUIRE(ring.put(file, before, three));
  Cursor at = before;
  for (std::size_t following : {2U, 1U, 0U}) {
    CHECK(ring.find(file, at, found) == following);
    at = {found.id, found.fingerprint()};
  }
  CHECK_FALSE(finds(at));
}

TEST_CASE_FIXTURE(RingFixture, "ring: an entry takes the place of the one so many before it") {
  REQUIRE(put(before, entry));
  Entry later = entry;
  later.id = {8 + static_cast<std::int64_t>(EntryRing::kSlots)};
  REQUIRE(put({{later.id.value - 1}, {1}}, later));
  CHECK_FALSE(finds(before));
  CHECK(finds({{later.id.value - 1}, {1}}));
}

TEST_CASE_FIXTURE(RingFixture, "ring: what no slot has room for is left out") {
  Entry large = entry;
  large.json_instruction.assign(EntryRing::kSlotBytes, ' ');
  CHECK_FALSE(put(before, large));
  CHECK_FALSE(finds(before));
  large.json_instruction.resize(EntryRing::kSlotBytes - written().size() +
                                entry.json_instruction.size());
  REQUIRE(put(before, large));
  CHECK(finds(before));
  CHECK(found == large);
  large.json_instruction += ' ';
  EntryRing::Slot slot{};
  CHECK(ring.write(before, large, 0, slot) == 0);
}

TEST_CASE_FIXTURE(RingFixture, "ring: the first entry follows nothing, and the last has no next") {
  Entry first = entry;
  first.id = {1};
  REQUIRE(put({}, first));
  CHECK_FALSE(finds({}));  // in every log the same: nothing tells them apart
  constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();
  CHECK_FALSE(finds({{kLast}, {70}}));
  CHECK_FALSE(finds({{-1}, {70}}));
}

TEST_CASE_FIXTURE(RingFixture, "ring: no byte of a slot can change, and no end be missing") {
  const std::string slot = written();
  REQUIRE(reads(slot));
  CHECK(reads(slot + "more"));  // of an entry that was longer
  for (std::size_t i = 0; i < slot.size(); ++i) {
    CAPTURE(i);
    CHECK_FALSE(reads(slot.substr(0, i)));
    std::string changed = slot;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(reads(changed));
  }
}

// Else the head of an old entry and the text of a new one would make one that no look contradicts:
// see spec/ring.pml.
TEST_CASE_FIXTURE(RingFixture, "ring: a slot that two have written is no entry") {
  Entry newer = entry;
  newer.json_instruction = R"([{"id":2}])";
  EntryRing::Slot other{};
  const std::string second(other.data(), ring.write({{7}, {71}}, newer, 2, other));
  const std::string first = written();
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 1; i < first.size(); ++i) {
    const std::string mixed = first.substr(0, i) + second.substr(i);
    if (mixed != first && mixed != second) {
      CHECK_FALSE(reads(mixed));
    }
  }
}

TEST_CASE_FIXTURE(RingFixture, "ring: a file that is cut off, or can't be written, holds nothing") {
  REQUIRE(put(before, entry));
  REQUIRE(ftruncate(file, 4096 + 8 * static_cast<off_t>(EntryRing::kSlotBytes) + 60) == 0);
  CHECK_FALSE(finds(before));
  REQUIRE(ftruncate(file, 0) == 0);
  CHECK_FALSE(finds(before));
  const int readable = open((dir / "ring").c_str(), O_RDONLY);
  CHECK_FALSE(ring.put(readable, before, {&entry, 1}));
  close(readable);
}

}  // namespace
}  // namespace crier::test
