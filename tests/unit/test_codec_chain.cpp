// SPDX-License-Identifier: MIT
// The chain of an entry that a refresher has published: a field that other readers ignore.
#include <crier/codec.hpp>
#include <crier/source.hpp>

#include "support/recording.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace crier::test {
namespace {

const std::vector<Instruction> kTwo{Instruction::refresh_by_id(kProducts, 1),
                                    Instruction::refresh_all(kOrders)};

std::vector<Guid> chain_of(const std::string& value) {
  return decode(R"([{"RefreshType":0,"RefresherId":")" + kProducts.to_string() +
                R"(","CrierChain":)" + value + "}]")
      .chain;
}

TEST_CASE("chain: goes into the first instruction of each entry, and comes out again") {
  const std::vector<Guid> chain{kOrders, kUnknown};
  for (const std::size_t in_one : {1U, 2U}) {
    const auto entries = make_entries(kTwo, "me", {.max_instructions = in_one}, chain);
    REQUIRE(entries.size() == 2 / in_one);
    for (const NewEntry& entry : entries) {
      const Decoded decoded = decode(entry.json_instruction);
      CHECK(decoded.chain == chain);
      CHECK(decoded.problems.empty());
      CHECK(decoded.instructions.size() == in_one);
    }
  }
}

TEST_CASE("chain: without one an entry is as it ever was") {
  const auto entries = make_entries(kTwo, "me");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].json_instruction == encode(kTwo));
  CHECK(decode(entries[0].json_instruction).chain.empty());
}

TEST_CASE("chain: to any other reader it is one more text in the object, the last") {
  const std::vector<Guid> chain{kOrders};
  const auto entries = make_entries(std::span(kTwo).first(1), "me", {}, chain);
  const std::string plain = encode(std::span(kTwo).first(1));
  CHECK(entries[0].json_instruction ==
        plain.substr(0, plain.size() - 2) + R"(,"CrierChain":")" + kOrders.to_string() + R"("}])");
  CHECK(nlohmann::json::parse(entries[0].json_instruction)[0]["CrierChain"].is_string());
}

TEST_CASE("chain: whatever stands there, the instruction is read") {
  const std::string one = kOrders.to_string();
  CHECK(chain_of('"' + one + '"') == std::vector{kOrders});
  CHECK(chain_of('"' + one + " nonsense " + one + '"') == std::vector{kOrders});
  for (const std::string value : {"null", "7", "true", "1.5", "[1]", "{}", R"("")", R"("x")",
                                  R"(["11111111-2222-4333-8444-555555555555"])"}) {
    CAPTURE(value);
    CHECK(chain_of(value).empty());
    const Decoded decoded =
        decode(R"([{"RefresherId":")" + one + R"(","CrierChain":)" + value + "}]");
    CHECK(decoded.problems.empty());
    CHECK(decoded.instructions == std::vector{Instruction::refresh_all(kOrders)});
  }
}

TEST_CASE("chain: what is read of it is bounded") {
  std::string many;
  for (int i = 0; i < 10'000; ++i) {
    many += kOrders.to_string() + ' ';
  }
  CHECK(chain_of('"' + many + '"').size() == kMaxPublishDepth);
}

TEST_CASE("chain: of several the longest counts, and nothing is left of it in the next row") {
  const std::string one = kOrders.to_string();
  const std::string object = R"({"RefresherId":")" + one + R"(","CrierChain":")";
  Decoded decoded;
  decode('[' + object + one + "\"}," + object + one + ' ' + one + "\"}," + object + "\"}]",
         decoded);
  CHECK(decoded.chain == std::vector{kOrders, kOrders});
  decode(encode(kTwo), decoded);
  CHECK(decoded.chain.empty());
}

TEST_CASE("chain: is shown with the entry") {
  Entry entry;
  entry.json_instruction = make_entries(kTwo, "me", {}, std::vector{kOrders})[0].json_instruction;
  CHECK(to_json(entry).find(R"("chain":[")" + kOrders.to_string() + R"("])") != std::string::npos);
  entry.json_instruction = encode(kTwo);
  CHECK(to_json(entry).find("chain") == std::string::npos);
}

}  // namespace
}  // namespace crier::test
