// SPDX-License-Identifier: MIT
// How values of a hybrid cache are found that nobody may serve any more.
#include "cache/redis/key_walk.hpp"
#include "cache/redis/record_script.hpp"
#include "cache/redis/redis_half.hpp"

#include <hiredis/hiredis.h>

namespace crier::redis {

namespace {

constexpr const char* kSweep = "sweep";

}  // namespace

// A place means nothing to another server. If it is given to one, values are left out, and expire.
SharedHalf::Swept Records::sweep(std::string_view cache, const std::string& place) {
  const std::string pattern = in_scan_pattern(client_.url().prefix + std::string(cache)) + "[/#]*";
  const ScanPage page = scan(client_, kSweep, place.empty() ? "0" : place, pattern);
  SharedHalf::Swept swept;
  swept.place = page.cursor == "0" ? std::string() : page.cursor;
  const std::string record = record_of(cache);
  for (std::span<const std::string> rest = page.keys; !rest.empty();) {
    const Looked looked = sweep(record, rest);
    swept.removed += looked.removed;
    rest = rest.subspan(looked.keys);
  }
  return swept;
}

Records::Looked Records::sweep(const std::string& record, std::span<const std::string> keys) {
  constexpr std::string_view kMostBytes =
      "1048576";  // that a script copies, and then the last value
  std::vector<std::string> entries;
  entries.reserve(keys.size());
  for (const std::string& key : keys) {
    entries.push_back(entry_of(key));
  }
  const std::string count = std::to_string(1 + entries.size());
  Command words{"EVAL", scripts::kSweep, count, record};
  words.insert(words.end(), entries.begin(), entries.end());
  words.push_back(kMostBytes);
  const std::vector<Reply> replies = client_.write(kSweep, {words}, client_.deadline());
  const redisReply& reply = *replies.front();
  const auto number_at = [&](std::size_t i) {
    return reply.element[i]->type == REDIS_REPLY_INTEGER ? reply.element[i]->integer : -1;
  };
  const auto most = static_cast<long long>(keys.size());
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2 || number_at(0) < 1 ||
      number_at(0) > most || number_at(1) < 0 || number_at(1) > number_at(0)) {
    client_.reject_answer(kSweep);
  }
  return {static_cast<std::size_t>(number_at(0)), static_cast<std::size_t>(number_at(1))};
}

}  // namespace crier::redis
