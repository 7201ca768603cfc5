// SPDX-License-Identifier: MIT
// Answers as they may come, from whomever.
#include "cache/redis/entry_reader.hpp"
#include "cache/redis/reply_reader.hpp"
#include "cache/redis/stream.hpp"

#include <doctest/doctest.h>

#include <hiredis/hiredis.h>
#include <string>

namespace crier::test {
namespace {

using redis::Lost;
using redis::ReplyReader;

TEST_CASE("answers come whole, however they are cut") {
  ReplyReader reader;
  const std::string bytes = "$5\r\na\r\nb\n\r\n:7\r\n*2\r\n$-1\r\n*1\r\n+x\r\n";
  std::size_t whole = 0;
  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    while (const redis::Reply reply = reader.next()) {
      ++whole;
      if (reply->type == REDIS_REPLY_STRING) {
        CHECK(redis::text_of(*reply) == "a\r\nb\n");
      }
    }
  }
  CHECK(whole == 3);
}

TEST_CASE("a list that nobody could send is refused before there is room for it") {
  for (const std::string count :
       {"1048577", "1000000000", "4000000000", "-2", "99999999999999999999999"}) {
    CAPTURE(count);
    ReplyReader reader;
    reader.feed("*" + count + "\r\n");
    CHECK_THROWS_AS(static_cast<void>(reader.next()), Lost);
  }
  ReplyReader reader;
  reader.feed("*1048576\r\n");
  CHECK(reader.next() == nullptr);
}

TEST_CASE("lists are nested seven deep at the most") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "*1\r\n";
  }
  ReplyReader reader;
  reader.feed(deep);
  CHECK_THROWS_AS(static_cast<void>(reader.next()), Lost);
}

TEST_CASE("an answer that never ends is given up") {
  ReplyReader reader;
  reader.feed("$9223372036854775000\r\n");
  const std::string much(std::size_t{1} << 25U, 'x');  // each is copied with what came before
  const auto feed_all = [&] {
    for (std::size_t fed = 0; fed <= ReplyReader::kMostBytes; fed += much.size()) {
      reader.feed(much);
      static_cast<void>(reader.next());
    }
  };
  CHECK_THROWS_AS(feed_all(), Lost);
}

}  // namespace
}  // namespace crier::test
