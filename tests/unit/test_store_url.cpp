// SPDX-License-Identifier: MIT
#include "store/sqlite/config.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using sqlite::Durability;
using sqlite::StoreConfig;

StoreConfig parse_url(std::string_view url) { return sqlite::parse_sqlite_url(url); }

// What a person types after `--store`.
std::string argument_of(const StoreConfig& config) {
  constexpr std::string_view kBefore = "crier --store ";
  constexpr std::string_view kAfter = " migrate";
  const std::string& command = config.migrate_command;
  REQUIRE(command.starts_with(kBefore));
  REQUIRE(command.ends_with(kAfter));
  return command.substr(kBefore.size(), command.size() - kBefore.size() - kAfter.size());
}

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
           Row{"../a=b", "../a=b", "sqlite:../a=b", "../a=b"},
           Row{"/a:b=c;d@e", "/a:b=c;d@e", "sqlite:/a:b=c;d@e", "'/a:b=c;d@e'"},
           Row{"sqlite:a=b", "a=b", "sqlite:a=b", "sqlite:a=b"},
           Row{"sqlite:ab:x", "ab:x", "sqlite:ab:x", "sqlite:ab:x"},
           Row{"sqlite:file:x", "file:x", "sqlite:file:x", "sqlite:file:x"},
       }) {
    CAPTURE(row.url);
    const StoreConfig url = parse_url(row.url);
    CHECK(url.database == row.path);
    CHECK(url.name == row.name);
    CHECK(argument_of(url) == row.argument);
    CHECK_FALSE(url.foreign_log);
    CHECK(url.log == "crierCacheInstruction");
    CHECK(url.deadline == 5s);
  }
}

TEST_CASE("two hex digits after a percent sign are a byte, and any other percent sign is itself") {
  CHECK(parse_url("a%20b%3fc%3F.db").database == "a b?c?.db");
  CHECK(parse_url("100%.db").database == "100%.db");
  CHECK(parse_url("%").database == "%");
  CHECK(parse_url("%4").database == "%4");
  CHECK(parse_url(std::string_view("%41").substr(0, 2)).database == "%4");
  CHECK(parse_url("%41").database == "A");
  CHECK(parse_url("%zz%-1%+1% 1").database == "%zz%-1%+1% 1");
  CHECK(parse_url("%2541").database == "%41");
  CHECK(parse_url("a%3Fb.db").name == "sqlite:a%3Fb.db");
}

TEST_CASE("a URL takes a table and a deadline, in any order") {
  const StoreConfig url = parse_url("sqlite:x.db?deadline=200ms&table=my%20log");
  CHECK(url.database == "x.db");
  CHECK(url.log == "my log");
  CHECK(url.deadline == 200ms);
  CHECK(url.name == "sqlite:x.db?table=my%20log");
  CHECK(argument_of(url) == "'x.db?table=my%20log'");
  CHECK(parse_url("x.db?table=t&deadline=2s").deadline == 2s);
  CHECK(parse_url("x.db?deadline=3m").deadline == 3min);
  CHECK(parse_url("x.db").durability == Durability::normal);
  CHECK(url.foreign_log);
  CHECK_FALSE(parse_url("x.db?table=CRIERCacheInstruction").foreign_log);
  CHECK(parse_url("x.db?deadline=1m30s").deadline == 90s);
  CHECK(parse_url("x.db?durability=normal").durability == Durability::normal);
  CHECK(parse_url("x.db?durability=full&deadline=1s").durability == Durability::full);
  CHECK(parse_url("x.db?table=a?b").log == "a?b");
}

TEST_CASE("what a person would paste into a shell is quoted") {
  CHECK(argument_of(parse_url("my shop.db")) == "'my shop.db'");
  CHECK(argument_of(parse_url("it's.db")) == "'it'\\''s.db'");
  CHECK(argument_of(parse_url("$(x).db")) == "'$(x).db'");
}

TEST_CASE("a control character is shown as an escape, which means the same") {
  const StoreConfig url = parse_url("a\n\x7F.db?table=t\t");
  CHECK(url.name == "sqlite:a%0A%7F.db?table=t%09");
  CHECK(argument_of(url) == "'a%0A%7F.db?table=t%09'");
  CHECK(url.database == "a\n\x7F.db");
  CHECK(parse_url(url.name).database == url.database);
  CHECK(parse_url(url.name).log == url.log);
  // U+0085, of two bytes.
  CHECK(parse_url("a\xC2\x85z").name == "sqlite:a%C2%85z");
  // What only begins like one.
  CHECK(parse_url("a\xC2z\xC2\xA0").name == "sqlite:a\xC2z\xC2\xA0");
}

TEST_CASE("an unknown scheme is refused, and nothing behind it is repeated") {
  const std::string known =
      ": known are sqlite (sqlite:PATH or just PATH) and postgresql (postgresql://HOST/DATABASE); "
      "a "
      "path that holds one of ':', '=', ';' and '@' is written sqlite:PATH or ./PATH";
  CHECK(refusal("mysql://user:secret@host/x") == "unknown store scheme 'mysql'" + known);
  CHECK(refusal("MySQL:x") == "unknown store scheme 'mysql'" + known);
  CHECK(refusal("sqlite3:x") == "unknown store scheme 'sqlite3'" + known);
  CHECK(refusal("file:x.db") == "unknown store scheme 'file'" + known);
  CHECK(refusal("a-b:x") == "unknown store scheme 'a-b'" + known);
  CHECK(refusal("postgresql+ssl://u:p@h/x") == "unknown store scheme 'postgresql+ssl'" + known);
  // Which may be a user.
  CHECK(refusal("secret:x@host").find("secret") == std::string::npos);
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
  const std::string known = ": known are app, table, deadline, durability and ring";
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
  CHECK(refusal("x?table=a;b=c") ==
        "the store URL's table holds '=': write %3D if it is meant, and '&' between parameters");
  CHECK(parse_url("x?table=a;b%3Dc").log == "a;b=c");
  CHECK(refusal("x?table=" + std::string(129, 'a')) == table);
  CHECK(parse_url("x?table=" + std::string(128, 'a')).log == std::string(128, 'a'));
}

TEST_CASE("an application's name is one that tables may begin with") {
  for (const std::string app : {"", "Shop", "2shop", "_shop", "s-hop", "s%20hop", "sqlite",
                                "sqlite_shop", "sh%C3%B6p", "a%00b"}) {
    CAPTURE(app);
    CHECK(refusal("x?app=" + app).find("can't begin the name of a table") != std::string::npos);
  }
  CHECK(refusal("x?app=" + std::string(33, 'a')).find("can't begin") != std::string::npos);
  CHECK(parse_url("x?app=" + std::string(32, 'a')).app == std::string(32, 'a'));
  const StoreConfig shop = parse_url("x.db?deadline=1s&app=shop_2");
  CHECK(shop.name == "sqlite:x.db?app=shop_2");
  CHECK(shop.log == "shop_2_crierCacheInstruction");
  CHECK_FALSE(shop.foreign_log);
  CHECK(shop.migrate_command == "crier --store 'x.db?app=shop_2' migrate");
  const StoreConfig both = parse_url("x.db?app=shop&table=t");
  CHECK(both.name == "sqlite:x.db?app=shop&table=t");
  CHECK(both.log == "t");
  CHECK(both.foreign_log);
  CHECK_FALSE(parse_url("x.db?app=shop&table=SHOP_crierCacheInstruction").foreign_log);
}

TEST_CASE("a durability that is not known is refused") {
  for (const std::string text : {"", "FULL", "off", "full "}) {
    CHECK(refusal("x?durability=" + text) ==
          "the durability '" + text + "' is not known: write normal or full");
  }
  CHECK(refusal("x?durability=full;x=y") == "the durability is not known: write normal or full");
}

TEST_CASE("a deadline that is no duration is refused") {
  for (const std::string text :
       {"", "5", "ms", "soon", "-5ms", "+5ms", "1.5s", "5 s", "5S", "5ms "}) {
    CHECK(refusal("x?deadline=" + text) ==
          "the deadline '" + text + "' is not a duration: write 200ms, 2s or 1m");
  }
  for (const std::string text : {"0s", "1441m", "99999999999999999999s", "9223372036854775807m"}) {
    CHECK(refusal("x?deadline=" + text) == "the store's deadline must be between 1ms and 1440m");
  }
}

}  // namespace
}  // namespace crier::test
