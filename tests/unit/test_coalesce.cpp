// SPDX-License-Identifier: MIT
#include "refresh/coalesce.hpp"
#include "support/effort.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {

namespace {

using Indices = std::vector<std::size_t>;

const Instruction kAll = Instruction::refresh_all(kProducts);
const Instruction kOne = Instruction::refresh_by_id(kProducts, 1);
const Instruction kTwo = Instruction::refresh_by_id(kProducts, 2);
const Instruction kRemoveOne = Instruction::remove_by_id(kProducts, 1);
const Instruction kOrderOne = Instruction::refresh_by_id(kOrders, 1);

struct Case {
  const char* fact;
  std::vector<Instruction> input;
  Indices kept;
};

}  // namespace

TEST_CASE("coalesce: the table of what stays") {
  const std::vector<Case> cases{
      {"nothing", {}, {}},
      {"one", {kOne}, {0}},
      {"different ones stay in order", {kTwo, kOne}, {0, 1}},
      {"of equal ones the last stays", {kOne, kTwo, kOne}, {1, 2}},
      {"three equal ones", {kOne, kOne, kOne}, {2}},
      {"refresh, remove, refresh: the last refresh wins", {kOne, kRemoveOne, kOne}, {1, 2}},
      {"remove, refresh, remove", {kRemoveOne, kOne, kRemoveOne}, {1, 2}},
      {"refresh_all absorbs what came before", {kOne, kRemoveOne, kAll}, {2}},
      {"but not what comes after", {kOne, kAll, kTwo}, {1, 2}},
      {"an equal one after refresh_all stays", {kOne, kAll, kOne}, {1, 2}},
      {"of two refresh_all the last stays and absorbs", {kAll, kOne, kAll}, {2}},
      {"another refresher is left alone", {kOrderOne, kOne, kAll}, {0, 2}},
      {"the same id of another refresher is not equal", {kOne, kOrderOne}, {0, 1}},
      {"another type is not equal",
       {Instruction::refresh_by_ids(kProducts, {1}), kOne, kRemoveOne},
       {0, 1, 2}},
      {"ids in another order are not equal",
       {Instruction::refresh_by_ids(kProducts, {1, 2}),
        Instruction::refresh_by_ids(kProducts, {2, 1})},
       {0, 1}},
      {"equal ids",
       {Instruction::refresh_by_ids(kProducts, {1, 2}),
        Instruction::refresh_by_ids(kProducts, {1, 2})},
       {1}},
      {"payloads compare as text",
       {Instruction::refresh_by_json(kProducts, "[1]"),
        Instruction::refresh_by_json(kProducts, "[1]"),
        Instruction::refresh_by_json(kProducts, "[ 1]")},
       {1, 2}},
      {"guids",
       {Instruction::refresh_by_guid(kProducts, kOrders),
        Instruction::refresh_by_guid(kProducts, kOrders),
        Instruction::refresh_by_guid(kProducts, kUnknown)},
       {1, 2}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.fact);
    CHECK(coalesce(c.input) == c.kept);
  }
}

// With a hash of the instructions this takes minutes: all of them have the same.
TEST_CASE("coalesce: instructions that a hash would confuse cost no more than others") {
  const std::int64_t count = kSanitized ? 30'000 : 300'000;
  std::vector<Instruction> input;
  for (std::int64_t i = 0; i < count; ++i) {
    // Of one sum, whatever the ids before the last are multiplied by when that is 1'000'003.
    input.push_back(Instruction::refresh_by_ids(kProducts, {i, -1'000'003 * i}));
  }
  input.push_back(input.front());
  const std::vector<std::size_t> kept = coalesce(input);
  CHECK(kept.size() == input.size() - 1);
  CHECK(kept.front() == 1);
  CHECK(kept.back() == input.size() - 1);
}

TEST_CASE("coalesce: refresh_all of one refresher among many leaves the others alone") {
  std::vector<Instruction> input{kOne,      kOrderOne, kAll,
                                 kOrderOne, kTwo,      Instruction::refresh_all(kUnknown)};
  CHECK(coalesce(input) == Indices{2, 3, 4, 5});
}

TEST_CASE("coalesce: doing it again changes nothing, and its cost does not explode") {
  std::vector<Instruction> input;
  const std::int64_t count = kSanitized ? 5'000 : 50'000;
  for (std::int64_t i = 0; i < 4 * count; ++i) {
    input.push_back(Instruction::refresh_by_id(kProducts, i % count));
  }
  std::vector<Instruction> once;
  for (const std::size_t i : coalesce(input)) {
    once.push_back(input[i]);
  }
  REQUIRE(once.size() == static_cast<std::size_t>(count));
  CHECK(coalesce(once).size() == once.size());
}

}  // namespace crier::test
