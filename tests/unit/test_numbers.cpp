// SPDX-License-Identifier: MIT
// Numbers are written and read alike, whatever locale the application has chosen.
#include <crier/codec.hpp>
#include <crier/entry.hpp>

#include "base/duration.hpp"
#include "base/fingerprint.hpp"
#include "base/sentence.hpp"
#include "support/odd_locale.hpp"
#include "support/recording.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <sstream>
#include <string>

namespace crier::test {
namespace {

// All of base/ and codec/ that writes numbers.
std::string written() {
  const Guid guid = kProducts;
  Entry entry{{1'234'567}, "2026-11-21 10:00:00.123", "me", 1'234'567, {}};
  entry.json_instruction = encode(std::vector{Instruction::refresh_by_id(guid, 1'234'567),
                                              Instruction::refresh_by_ids(guid, {1'234'567})});
  std::string text = to_json(entry) + entry.json_instruction + entry.id.to_string();
  text += sentence(Failure{FailureKind::unreadable, {{1'234'567}, "me"}, 0, guid, "n", "what"});
  text += sentence(RefresherTrouble{guid, "n", RefresherState::stuck, {1'234'567}, {}});
  text += duration_text(std::chrono::milliseconds(1'234'567));
  text += rough_duration(std::chrono::milliseconds(12'345));
  text += to_json(Resync{ResyncReason::hole, {}, {1'234'567}});
  return text;
}

TEST_CASE("numbers: nothing that is written depends on the locale") {
  const std::string before = written();
  const OddLocale odd;
  std::ostringstream stream;
  stream << 1'234'567 << ' ' << 1.5;
  REQUIRE(stream.str() == "1.234.567 1,5");  // else this proves nothing
  CHECK(written() == before);
}

TEST_CASE("numbers: nothing that is read depends on the locale") {
  const OddLocale odd;
  CHECK(EntryId::parse("1234567") == EntryId{1'234'567});
  CHECK_FALSE(EntryId::parse("1.234"));
  CHECK(parse_duration("1m30s") == std::chrono::milliseconds(90'000));
  const std::string row = encode(std::vector{Instruction::refresh_by_ids(kProducts, {1'234'567})});
  for (const std::string& text : {row, " " + row}) {  // both readers
    const Decoded decoded = decode(text);
    CHECK(decoded.problems.empty());
    REQUIRE(decoded.instructions.size() == 1);
    CHECK(decoded.instructions[0].ids == std::vector<std::int64_t>{1'234'567});
  }
  CHECK(decode(R"([{"RefresherId":")" + kProducts.to_string() + R"(","Unknown":[1.5,-2e3]}])")
            .problems.empty());
}

}  // namespace
}  // namespace crier::test
