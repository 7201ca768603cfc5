// SPDX-License-Identifier: MIT
#include "entry_print.hpp"
#include "json.hpp"
#include "print.hpp"
#include "printable.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>

namespace crier::cli {
namespace {

constexpr Guid kRefresher = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();
const std::string kName = kRefresher.to_string();

Entry entry_with(std::string json, std::string originated = "shop") {
  return {EntryId{7}, "2026-11-21 10:00:00.123", std::move(originated), 1, std::move(json)};
}

TEST_CASE("plain text is printed as it is") {
  for (const char* text : {"", "plain", "{\"a\":\"b\\n\"}", "häuser €5 日本語 \U0001F600"}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("what a terminal might act upon is made visible") {
  CHECK(printable("\x1b[31mred\x07") == "\\u001b[31mred\\u0007");
  CHECK(printable("a\nb\tc\rd\x7f") == "a\\nb\\tc\\u000dd\\u007f");
  CHECK(printable(std::string_view("a\0b", 3)) == "a\\u0000b");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\u009b31m");  // CSI in one character
  CHECK(printable("\u202e\u2066\u200f\u061c\u2028") == "\\u202e\\u2066\\u200f\\u061c\\u2028");
}

TEST_CASE("bytes that are not UTF-8 are made visible, one by one") {
  CHECK(printable("a\xff"
                  "b") == "a\\xffb");
  CHECK(printable("\x80") == "\\x80");
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");  // cut off
  CHECK(printable(std::string_view("\xe2\x82\xac", 2)) == "\\xe2\\x82");
  CHECK(printable("\xe2\x28\xa1") == "\\xe2(\\xa1");               // no continuation
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
  CHECK(printable("\xf0\x80\x80\xaf") == "\\xf0\\x80\\x80\\xaf");  // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

TEST_CASE("long text is cut between characters, and its size told") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdefg", 6) == "abcdef... (7 bytes)");
  CHECK(printable("€€€", 7) == "€€... (9 bytes)");
  CHECK(printable("ab\x1b", 7) == "ab... (3 bytes)");
}

TEST_CASE("an origin is shown without its incarnation") {
  const auto origin = [&](const std::string& originated) {
    const Look look{Paint(), nullptr, true, true};
    const std::string line = entry_line(entry_with("[]", originated), look);
    const std::string node = line.substr(29, line.find("  1      no instr") - 29);
    return node.substr(0, node.find_last_not_of(' ') + 1);
  };
  CHECK(origin("vm/shop [P1/D1] 0123456789ABCDEF0123456789ABCDEF") == "vm/shop [P1/D1]");
  CHECK(origin("vm/shop [P1/D1] 0123456789ABCDEF0123456789ABCDEF/12") == "vm/shop [P1/D1]");
  CHECK(origin("vm/shop [P1/D1] 0123456789ABCDEF0123456789ABCDEX") ==
        "vm/shop [P1/D1] 0123456789ABCDEF0123456789ABCDEX");
  CHECK(origin("vm/shop 0123456789ABCDEF0123456789ABCDEF") ==
        "vm/shop 0123456789ABCDEF0123456789ABCDEF");
  CHECK(origin("0123456789ABCDEF0123456789ABCDEF") == "0123456789ABCDEF0123456789ABCDEF");
  CHECK(origin("x0123456789ABCDEF0123456789ABCDEF") == "x0123456789ABCDEF0123456789ABCDEF");
  CHECK(origin("vm/shop [P1/D1] 0123") == "vm/shop [P1/D1] 0123");
  CHECK(origin("vm/shop [P1/D1]") == "vm/shop [P1/D1]");
  CHECK(origin("") == "");
  CHECK(origin("evil\x1b[2J") == "evil\\u001b[2J");
}

TEST_CASE("an instruction among others is short") {
  std::vector<std::int64_t> ids(100);
  std::iota(ids.begin(), ids.end(), 1);
  const Source source{EntryId{7}, "shop"};
  CHECK(applied_line(Instruction::refresh_by_ids(kRefresher, ids), source, Paint()) ==
        "7  " + kName + " refresh_by_ids 1,2,3,4,5,6,7,8 +92 more  shop");
  CHECK(applied_line(Instruction::refresh_by_json(kRefresher, std::string(1000, 'x')), source,
                     Paint()) ==
        "7  " + kName + " refresh_by_json " + std::string(80, 'x') + "... (1000 bytes)  shop");
}

TEST_CASE("a payload can't inject a terminal's escapes") {
  const Source source{EntryId{7}, "shop"};
  CHECK(applied_line(Instruction::refresh_by_json(kRefresher, "\"\x1b]0;x\x07\""), source,
                     Paint()) == "7  " + kName + " refresh_by_json \"\\u001b]0;x\\u0007\"  shop");
}

TEST_CASE("a resync is a line with its reason") {
  CHECK(resync_line({ResyncReason::hole, "entry 5 follows 3", EntryId{9}}, Paint()) ==
        "9  resync hole  entry 5 follows 3");
}

TEST_CASE("colour surrounds what it is for, and changes no text") {
  const std::string coloured = entry_line(entry_with("{}"), {Paint(true), nullptr, true, true});
  CHECK(coloured.starts_with("\x1b[1m7       \x1b[0m\x1b[2m2026-11-21 10:00:00  \x1b[0m"));
  CHECK(coloured.find("\x1b[31munreadable: ") != std::string::npos);
  CHECK(Paint(true)(Tone::warning, "x") == "\x1b[33mx\x1b[0m");
  CHECK(Paint(true)(Tone::faint, "").empty());
}

TEST_CASE("a canary is called one") {
  const std::string guid = kCanary.to_string();
  const auto line = [&](int type) {
    return entry_line(entry_with("[{\"RefreshType\":" + std::to_string(type) +
                                 ",\"RefresherId\":\"" + guid + "\"}]"),
                      {Paint(), nullptr, true, true});
  };
  CHECK(line(0).ends_with("  1      canary"));
  CHECK(line(2).ends_with("  " + guid + " refresh_by_id 0"));
  CHECK(entry_text(entry_with("[{\"RefreshType\":0,\"RefresherId\":\"" + guid + "\"}]"), {})
            .ends_with("\n  canary"));
}

TEST_CASE("JSON is a line whose members stand in the order in which they were given") {
  CHECK(line_of({{"b", 1}, {"a", or_null(true, "x")}, {"c", or_null(false, "x")}}) ==
        R"({"b":1,"a":"x","c":null})");
  CHECK(line_of({{"id", 7}}) == R"({"id":7})");
  CHECK(line_of({{"bytes", "a\xff\n\xe2\x82"}}) == "{\"bytes\":\"a\ufffd\\n\ufffd\"}");
}

}  // namespace
}  // namespace crier::cli
