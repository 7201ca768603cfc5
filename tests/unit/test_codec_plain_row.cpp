// SPDX-License-Identifier: MIT
#include "codec/any_row.hpp"
#include "codec/plain_row.hpp"
#include "support/effort.hpp"
#include "support/files.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

// What crier writes, and the rows of real Umbracos.
std::vector<std::string> corpus() {
  std::vector<std::string> rows{
      encode(std::vector{Instruction::refresh_all(kProducts)}),
      encode(std::vector{Instruction::refresh_by_guid(kProducts, kOrders)}),
      encode(std::vector{Instruction::refresh_by_id(kProducts, -7)}),
      encode(std::vector{Instruction::refresh_by_ids(
          kProducts, {1, std::numeric_limits<std::int64_t>::min(), -3})}),
      encode(std::vector{Instruction::refresh_by_json(kProducts, R"({"sku":"Ä\u0001\\\"\n"})")}),
      encode(std::vector{Instruction::remove_by_id(kProducts, 7),
                         Instruction::refresh_by_ids(kOrders, {}),
                         Instruction::refresh_all(kOrders)}),
  };
  std::ifstream file(source_file("tests/data/umbraco-rows.jsonl"));
  for (std::string line; std::getline(file, line);) {
    rows.push_back(nlohmann::json::parse(line)["jsonInstruction"]);
  }
  return rows;
}

// One small damage, or a change that keeps the text in order.
std::string mutated(std::string text, std::mt19937& random) {
  constexpr std::string_view kBytes =
      "[]{}\",:\\ntu0123456789-+.eEnull \n\t/*\0\x01\x7f\xc3\xa4\xff";
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit)(random);
  };
  const std::size_t at = below(text.size());
  const char byte = kBytes[below(kBytes.size() - 1)];
  switch (below(4)) {
    case 0:
      return text.insert(at, 1, byte);
    case 1:
      return text.erase(at, 1 + below(3));
    case 2:
      return text.substr(0, at);
    case 3:
      return text.insert(at, text.substr(below(text.size()), below(20)));
    default:
      if (at < text.size()) {
        text[at] = byte;
      }
      return text;
  }
}

TEST_CASE("the quick reader takes what crier writes, and says what the thorough one says") {
  std::size_t taken = 0;
  for (const std::string& row : corpus()) {
    CAPTURE(row);
    std::vector<Instruction> instructions;
    if (read_plain_row(row, instructions)) {
      ++taken;
      const Decoded decoded = read_any_row(row);
      CHECK(decoded.problems.empty());
      CHECK(decoded.instructions == instructions);
    }
  }
  CHECK(taken >= corpus().size() / 2);
  for (std::size_t i = 0; i < 6; ++i) {
    std::vector<Instruction> instructions;
    CHECK(read_plain_row(corpus()[i], instructions));
  }
}

TEST_CASE("whatever is done to a row, the quick reader leaves it alone or is of one mind") {
  constexpr std::uint32_t kSeed = 20261121;
  constexpr int kEach = kSanitized ? 60 : 300;
  std::mt19937 random(kSeed);
  int taken = 0;
  for (const std::string& row : corpus()) {
    if (row.size() > 4000) {
      continue;
    }
    for (int i = 0; i < kEach; ++i) {
      std::string text = mutated(row, random);
      if (i % 3 == 0) {
        text = mutated(std::move(text), random);
      }
      std::vector<Instruction> instructions;
      if (read_plain_row(text, instructions)) {
        ++taken;
        const Decoded decoded = read_any_row(text);
        const bool one_mind = decoded.problems.empty() && decoded.instructions == instructions;
        CHECK_MESSAGE(one_mind, text);
      }
    }
  }
  CHECK(taken > 3 * kEach);
}

TEST_CASE("the quick reader takes large rows, too, and text in any language") {
  std::string payload = R"({"text":")";
  for (int i = 0; i < 20'000; ++i) {
    payload += "x\u00e9 \u20ac \U0001f600 \\\"";
  }
  const std::vector instructions{Instruction::refresh_by_json(kProducts, payload + "\"}")};
  std::vector<Instruction> read;
  CHECK(read_plain_row(encode(instructions), read));
  CHECK(read == instructions);
}

TEST_CASE("the quick reader leaves alone what is not UTF-8, or no number of JSON's") {
  const std::string head =
      R"([{"RefreshType":4,"RefresherId":"7c9e6679-7425-40de-944b-e07fc1f90ae7",)";
  const auto takes = [&](const std::string& rest) {
    std::vector<Instruction> instructions;
    return read_plain_row(head + rest + "}]", instructions);
  };
  CHECK(takes(R"("JsonPayload":"a")"));
  for (const char* bytes :
       {"\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80",
        "\xff", "\x1f", "\\u12", "\\ud83d", "\\u0000", "\\x"}) {
    CAPTURE(bytes);
    CHECK_FALSE(takes(std::string(R"("JsonPayload":")") + bytes + '"'));
  }
  CHECK(takes(R"("IntId":-0)"));
  for (const char* number : {"01", "-01", "1.5", "1e3", "+1", "9223372036854775808", "-"}) {
    CAPTURE(number);
    CHECK_FALSE(takes(std::string(R"("IntId":)") + number));
  }
}

}  // namespace
}  // namespace crier::test
