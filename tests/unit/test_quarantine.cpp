// SPDX-License-Identifier: MIT
#include "refresh/quarantine.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <thread>
#include <vector>

namespace crier::test {

namespace {

using Records = std::vector<FailureRecord>;

FailureRecord of_entry(std::int64_t entry) {
  FailureRecord record;
  record.entry = {entry};
  return record;
}

std::vector<std::int64_t> flushed(Quarantine& quarantine) {
  std::vector<std::int64_t> entries;
  quarantine.flush([&](const Records& records) {
    for (const FailureRecord& record : records) {
      entries.push_back(record.entry.value);
    }
  });
  return entries;
}

}  // namespace

TEST_CASE("Quarantine: hands over all, in order, once") {
  Quarantine quarantine;
  quarantine.put(of_entry(1));
  quarantine.put(of_entry(2));
  CHECK(flushed(quarantine) == std::vector<std::int64_t>{1, 2});
  quarantine.flush([](const Records&) { FAIL("nothing is left to hand over"); });
}

TEST_CASE("Quarantine: keeps what could not be recorded, before what came meanwhile") {
  Quarantine quarantine;
  quarantine.put(of_entry(1));
  CHECK_THROWS_WITH_AS(quarantine.flush([&](const Records&) {
    quarantine.put(of_entry(2));  // no lock is held
    throw std::runtime_error("locked");
  }),
                       "locked", std::runtime_error);
  CHECK(flushed(quarantine) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("Quarantine: is bounded, and the newest stay") {
  constexpr auto kMax = static_cast<std::int64_t>(FailureLog::kMax);
  Quarantine quarantine;
  for (std::int64_t i = 1; i <= kMax + 2; ++i) {
    quarantine.put(of_entry(i));
  }
  SUBCASE("as they come") {}
  SUBCASE("where they could not be recorded") {
    CHECK_THROWS_AS(quarantine.flush([&](const Records& records) {
      CHECK(records.size() == FailureLog::kMax);
      for (std::int64_t i = kMax + 3; i <= kMax + 5; ++i) {
        quarantine.put(of_entry(i));
      }
      throw std::runtime_error("locked");
    }),
                    std::runtime_error);
    const std::vector<std::int64_t> entries = flushed(quarantine);
    CHECK(entries.size() == FailureLog::kMax);
    CHECK(entries.front() == 6);
    CHECK(entries.back() == kMax + 5);
    return;
  }
  const std::vector<std::int64_t> entries = flushed(quarantine);
  CHECK(entries.size() == FailureLog::kMax);
  CHECK(entries.front() == 3);
  CHECK(entries.back() == kMax + 2);
}

TEST_CASE("Quarantine: is bounded by its bytes, and the newest stays however large it is") {
  const auto large = [](std::int64_t entry, std::size_t bytes) {
    FailureRecord record = of_entry(entry);
    record.json_instruction.resize(bytes);
    return record;
  };
  Quarantine quarantine;
  quarantine.put(large(1, 1));
  quarantine.put(large(2, Quarantine::kMaxBytes / 2));
  quarantine.put(large(3, Quarantine::kMaxBytes / 2));
  std::vector<std::int64_t> kept = {2, 3};
  SUBCASE("as they come") {}
  SUBCASE("one alone") {
    quarantine.put(large(4, Quarantine::kMaxBytes + 1));
    kept = {4};
  }
  SUBCASE("where they could not be recorded") {
    CHECK_THROWS_AS(quarantine.flush([&](const Records&) {
      quarantine.put(of_entry(4));
      quarantine.put(large(5, 1));
      throw std::runtime_error("locked");
    }),
                    std::runtime_error);
    kept = {3, 4, 5};
  }
  CHECK(flushed(quarantine) == kept);
}

TEST_CASE("Quarantine: several threads put while one hands over") {
  constexpr int kEach = 200;
  Quarantine quarantine;
  std::vector<std::jthread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) {
        quarantine.put(of_entry(j));
      }
    });
  }
  std::size_t handed_over = 0;
  for (int i = 0; i < 50; ++i) {
    handed_over += flushed(quarantine).size();
  }
  writers.clear();
  handed_over += flushed(quarantine).size();
  CHECK(handed_over == 2 * kEach);
}

}  // namespace crier::test
