// SPDX-License-Identifier: MIT
#include "base/secrets.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

namespace crier::test {
namespace {

TEST_CASE("a password in a URL or a connection string is not shown") {
  for (const auto& [text, shown] : {
           std::pair{"postgresql://u:PW@h:1/x", "postgresql://u:***@h:1/x"},
           std::pair{"postgres+ssl://u:P:W@h/x", "postgres+ssl://u:***@h/x"},
           std::pair{"postgresql://u:P@W@h/x", "postgresql://u:***@h/x"},
           std::pair{"postgresql://u:P/W@h/x", "postgresql://u:***@h/x"},
           std::pair{"redis://PW@h", "redis://***@h"},
           std::pair{"rediss://:PW@h", "rediss://:***@h"},
           std::pair{"redis-sentinel://:PW@h/x", "redis-sentinel://:***@h/x"},
           std::pair{"u:PW@h/x", "u:***@h/x"},
           std::pair{"can't read \"a://u:PW@h\" and b://v:PW@i, so",
                     "can't read \"a://u:***@h\" and b://v:***@i, so"},
           std::pair{"Host=h;Password=P W;Database=d", "Host=h;Password=***;Database=d"},
           std::pair{"host=h PASSWORD = 'PW'", "host=h PASSWORD =***"},
           std::pair{"Server=h;Pwd=PW", "Server=h;Pwd=***"},
           std::pair{"x?user=u&password=PW&a=b", "x?user=u&password=***&a=b"},
           std::pair{"password=PW;password=PW", "password=***;password=***"},
           std::pair{"AccountKey=PW==;X=y", "AccountKey=***;X=y"},
       }) {
    CHECK(without_secrets(text) == shown);
    CHECK(without_secrets(shown) == shown);
    CHECK(may_hold_secret(text));
  }
}

TEST_CASE("text without a password stays as it is") {
  for (const char* text :
       {"", "shop.db", "list takes no argument", "postgresql://u@h:5432/x?schema=s", "me@home",
        "10:00:00 a@b", "redis://cache:6379", "sqlite:./a=b", "entry 7: refresher x (shop): broken",
        "give the password in a file", "a=b", "=", "@", "://", "password"}) {
    CAPTURE(text);
    CHECK(without_secrets(text) == text);
  }
  for (const char* word :
       {"", "list", "7", "shop.db", "a=b", "--limit", "10:00", "me@home", "@file"}) {
    CAPTURE(word);
    CHECK_FALSE(may_hold_secret(word));
  }
}

}  // namespace
}  // namespace crier::test
