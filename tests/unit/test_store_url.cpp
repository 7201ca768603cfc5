// SPDX-License-Identifier: MIT
#include "store/url.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::string refusal(std::string_view url) {
  const Error error = error_of([&] { static_cast<void>(parse_url(url)); });
  CHECK(error.invalid_argument());
  CHECK(error.operation() == "open");
  return error.what();
}

TEST_CASE("a path is a sqlite URL, with or without the scheme") {
  struct Row {
    std::string_view url, path, name, argument;
  };
  for (const Row& row : {
           Row{"x.db", "x.db", "sqlite:x.db", "x.db"},
           Row{"sqlite:x.db", "x.db", "sqlite:x.db", "x.db"},
           Row{"SQLite:x.db", "x.db", "sqlite:x.db", "x.db"},
           Row{"/a/x.db", "/a/x.db", "sqlite:/a/x.db", "/a/x.db"},
           Row{"sqlite:/a/x.db", "/a/x.db", "sqlite:/a/x.db", "/a/x.db"},
           Row{"sqlite:///a/x.db", "/a/x.db", "sqlite:/a/x.db", "/a/x.db"},
           Row{"//a/x.db", "//a/x.db", "sqlite://a/x.db", "//a/x.db"},
           Row{"./a:b", "./a:b", "sqlite:./a:b", "./a:b"},
           Row{"C:x", "C:x", "sqlite:C:x", "C:x"},
           Row{"7z:x", "7z:x", "sqlite:7z:x", "7z:x"},
           Row{"a-b:x", "a-b:x", "sqlite:a-b:x", "a-b:x"},
           Row{"sqlite:ab:x", "ab:x", "sqlite:ab:x", "sqlite:ab:x"},
           Row{"sqlite:file:x", "file:x", "sqlite:file:x", "sqlite:file:x"},
       }) {
    CAPTURE(row.url);
    const StoreUrl url = parse_url(row.url);
    CHECK(url.scheme == "sqlite");
    CHECK(url.path == row.path);
    CHECK(url.name == row.name);
    CHECK(url.argument == row.argument);
    CHECK_FALSE(url.table);
    CHECK_FALSE(url.deadline);
  }
}

TEST_CASE("two hex digits after a percent sign are a byte, and any other percent sign is itself") {
  CHECK(parse_url("a%20b%3fc%3F.db").path == "a b?c?.db");
  CHECK(parse_url("100%.db").path == "100%.db");
  CHECK(parse_url("%").path == "%");
  CHECK(parse_url("%4").path == "%4");
  CHECK(parse_url(std::string_view("%41").substr(0, 2)).path == "%4");
  CHECK(parse_url("%41").path == "A");
  CHECK(parse_url("%zz%-1%+1% 1").path == "%zz%-1%+1% 1");
  CHECK(parse_url("%2541").path == "%41");
  CHECK(parse_url("a%3Fb.db").name == "sqlite:a%3Fb.db");
}

TEST_CASE("a URL takes a table and a deadline, in any order") {
  const StoreUrl url = parse_url("sqlite:x.db?deadline=200ms&table=my%20log");
  CHECK(url.path == "x.db");
  CHECK(url.table == "my log");
  CHECK(url.deadline == 200ms);
  CHECK(url.name == "sqlite:x.db?table=my%20log");
  CHECK(url.argument == "'x.db?table=my%20log'");
  CHECK(parse_url("x.db?table=t&deadline=2s").deadline == 2s);
  CHECK(parse_url("x.db?deadline=3m").deadline == 3min);
  CHECK(parse_url("x.db?deadline=1m30s").deadline == 90s);
  CHECK(parse_url("x.db?deadline=0s").deadline == 0s);
  CHECK_FALSE(parse_url("x.db").durability);
  CHECK(parse_url("x.db?durability=normal").durability == Durability::normal);
  CHECK(parse_url("x.db?durability=full&deadline=1s").durability == Durability::full);
  CHECK(parse_url("x.db?table=a?b").table == "a?b");
}

TEST_CASE("what a person would paste into a shell is quoted") {
  CHECK(parse_url("my shop.db").argument == "'my shop.db'");
  CHECK(parse_url("it's.db").argument == "'it'\\''s.db'");
  CHECK(parse_url("$(x).db").argument == "'$(x).db'");
}

TEST_CASE("a control character is shown as an escape, which means the same") {
  const StoreUrl url = parse_url("a\n\x7F.db?table=t\t");
  CHECK(url.name == "sqlite:a%0A%7F.db?table=t%09");
  CHECK(url.argument == "'a%0A%7F.db?table=t%09'");
  CHECK(url.path == "a\n\x7F.db");
  CHECK(parse_url(url.name).path == url.path);
  CHECK(parse_url(url.name).table == url.table);
  // U+0085, of two bytes.
  CHECK(parse_url("a\xC2\x85z").name == "sqlite:a%C2%85z");
  // What only begins like one.
  CHECK(parse_url("a\xC2z\xC2\xA0").name == "sqlite:a\xC2z\xC2\xA0");
}

TEST_CASE("an unknown scheme is refused, and nothing behind it is repeated") {
  const std::string known =
      ": known are sqlite (sqlite:PATH or just PATH) and postgresql (postgresql://HOST/DATABASE)";
  CHECK(refusal("mysql://user:secret@host/x") == "unknown store scheme 'mysql'" + known);
  CHECK(refusal("MySQL:x") == "unknown store scheme 'mysql'" + known);
  CHECK(refusal("sqlite3:x") == "unknown store scheme 'sqlite3'" + known);
  CHECK(refusal("file:x.db") == "unknown store scheme 'file'" + known);
}

TEST_CASE("a URL that can't name a database is refused") {
  const std::string no_host =
      "a sqlite URL names no host: write sqlite:PATH, or sqlite:///PATH from the root";
  const std::string no_path = "the store URL has no path: write sqlite:PATH or just PATH";
  const std::string memory =
      "':memory:' can't be shared between processes: give the path of a file";
  CHECK(refusal("sqlite://user:secret@host/x.db") == no_host);
  CHECK(refusal("sqlite://") == no_host);
  CHECK(refusal("") == no_path);
  CHECK(refusal("sqlite:") == no_path);
  CHECK(refusal("?table=t") == no_path);
  CHECK(refusal(":memory:") == memory);
  CHECK(refusal("sqlite::memory:") == memory);
  CHECK(refusal("a%00b") == "the store URL's path must not hold a NUL byte");
}

TEST_CASE("a parameter that is unknown, repeated or malformed is refused") {
  const std::string known = ": known are table, deadline and durability";
  CHECK(refusal("x?tabel=t") == "the store URL has an unknown parameter 'tabel'" + known);
  CHECK(refusal("x?password=secret") ==
        "the store URL has an unknown parameter 'password'" + known);
  CHECK(refusal("x?") == "the store URL has an unknown parameter ''" + known);
  CHECK(refusal("x?table=t&") == "the store URL has an unknown parameter ''" + known);
  CHECK(refusal("x?table=a&table=b") == "the store URL gives table twice");
  CHECK(refusal("x?deadline=1s&deadline=1s") == "the store URL gives deadline twice");
  CHECK(refusal("x?durability=full&durability=normal") == "the store URL gives durability twice");
  const std::string table = "the store URL's table must have a name of 1 to 128 bytes without NUL";
  CHECK(refusal("x?table") == table);
  CHECK(refusal("x?table=") == table);
  CHECK(refusal("x?table=a%00b") == table);
  CHECK(refusal("x?table=" + std::string(129, 'a')) == table);
  CHECK(parse_url("x?table=" + std::string(128, 'a')).table == std::string(128, 'a'));
}

TEST_CASE("a durability that is not known is refused") {
  for (const std::string text : {"", "FULL", "off", "full "}) {
    CHECK(refusal("x?durability=" + text) ==
          "the durability '" + text + "' is not known: write normal or full");
  }
}

TEST_CASE("a deadline that is no duration is refused") {
  for (const std::string text :
       {"", "5", "ms", "soon", "-5ms", "+5ms", "1.5s", "5 s", "5S", "5ms "}) {
    CHECK(refusal("x?deadline=" + text) ==
          "the deadline '" + text + "' is not a duration: write 200ms, 2s or 1m");
  }
  CHECK(parse_url("x?deadline=99999999999999999999s").deadline == std::chrono::milliseconds::max());
  CHECK(parse_url("x?deadline=9223372036854775807m").deadline == std::chrono::milliseconds::max());
}

}  // namespace
}  // namespace crier::test
