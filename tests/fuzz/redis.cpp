// SPDX-License-Identifier: MIT
// What a server sends that may be no Redis, or hostile. The first byte says in pieces of what size
// it comes.
#include "cache/redis/entry_reader.hpp"
#include "cache/redis/redis_connection.hpp"
#include "cache/redis/refusal.hpp"
#include "cache/redis/reply_reader.hpp"
#include "cache/redis/stream.hpp"
#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <cstddef>
#include <hiredis/hiredis.h>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

constexpr std::int64_t kNow = 1'790'000'000'000'000;

std::vector<redis::Reply> all_of(std::string_view bytes, std::size_t piece, bool& lost) {
  redis::ReplyReader reader;
  std::vector<redis::Reply> replies;
  try {
    while (!bytes.empty()) {
      const std::string_view next = bytes.substr(0, piece);
      reader.feed(next);
      bytes.remove_prefix(next.size());
      while (redis::Reply reply = reader.next()) {
        replies.push_back(std::move(reply));
      }
    }
  } catch (const redis::Lost&) {
    lost = true;
  }
  return replies;
}

void look_at(const redisReply& reply) {
  const std::string error = redis::error_in(reply);
  require(error.empty() == (reply.type != REDIS_REPLY_ERROR), "an error has words");
  require(error.size() <= 500 || error == "an error without words", "they are few");
  static_cast<void>(redis::refusal_of(error));
  if (const auto time = redis::time_in(reply)) {
    require(*time >= 0, "time is after 1970");
  }
}

}  // namespace

void try_input(std::string_view input) {
  if (input.empty()) {
    return;
  }
  const std::size_t piece = 1 + static_cast<unsigned char>(input.front());
  bool lost = false;
  const std::vector<redis::Reply> replies = all_of(input.substr(1), piece, lost);
  bool lost_whole = false;
  const std::vector<redis::Reply> whole = all_of(input.substr(1), input.size(), lost_whole);
  require(replies.size() == whole.size() && lost == lost_whole, "pieces make no difference");
  for (const redis::Reply& reply : replies) {
    look_at(*reply);
  }
  for (std::size_t i = 0; i + 1 < replies.size(); ++i) {
    const auto entry = redis::EntryReader::read(&replies[i], kNow);
    if (entry && entry->seen()) {
      require(entry->value().size() <= input.size(), "a value is what came");
    }
  }
}

}  // namespace crier::test
