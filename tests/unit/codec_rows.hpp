// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace crier::test {

using namespace literals;

inline constexpr Guid kRefresher = "55698352-adfc-4fb5-a3e5-cd2b3f10a2e1"_guid;
inline constexpr Guid kOther = "27ab3022-3dfa-47b6-9119-5945bc88fd66"_guid;

// The bounds of an id.
inline constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

// An array of one instruction for kRefresher with further fields.
inline std::string row(std::string_view fields) {
  return R"([{"RefresherId":"55698352-adfc-4fb5-a3e5-cd2b3f10a2e1",)" + std::string(fields) + "}]";
}

inline std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

// The one instruction that `text` holds, without any problem.
inline Instruction only(const std::string& text) {
  const Decoded decoded = decode(text);
  CAPTURE(text.substr(0, 200));
  CHECK(decoded.problems.empty());
  REQUIRE(decoded.instructions.size() == 1);
  return decoded.instructions.front();
}

// The one problem that `text` holds, without any instruction.
inline DecodeProblem only_problem(std::string_view text) {
  const Decoded decoded = decode(text);
  CAPTURE(text.substr(0, 200));
  CHECK(decoded.instructions.empty());
  REQUIRE(decoded.problems.size() == 1);
  return decoded.problems.front();
}

}  // namespace crier::test
