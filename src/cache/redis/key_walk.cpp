// SPDX-License-Identifier: MIT
#include "cache/redis/key_walk.hpp"

#include <crier/shared_cache.hpp>

#include "base/utf8.hpp"
#include "cache/redis/scripts.hpp"

#include <hiredis/hiredis.h>

namespace crier::redis {

ScanPage scan(Client& client, const char* operation, std::string_view cursor,
              std::string_view pattern) {
  const std::vector<Reply> replies = client.read(
      operation, {{"SCAN", cursor, "MATCH", pattern, "COUNT", "500"}}, client.deadline());
  const redisReply& reply = *replies.front();
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2 ||
      reply.element[0]->type != REDIS_REPLY_STRING || reply.element[1]->type != REDIS_REPLY_ARRAY) {
    client.reject_answer(operation);
  }
  ScanPage page{std::string(text_of(*reply.element[0])), {}};
  const std::size_t own = client.url().prefix.size();
  for (std::size_t i = 0; i < reply.element[1]->elements; ++i) {
    const redisReply& one = *reply.element[1]->element[i];
    if (one.type != REDIS_REPLY_STRING || one.len < own) {
      client.reject_answer(operation);
    }
    const std::string_view key = text_of(one).substr(own);
    if (!key.empty() && key.size() <= SharedCache::kMaxKeyBytes && is_utf8(key)) {
      page.keys.emplace_back(key);
    }
  }
  return page;
}

namespace {

// Those that are entries and can be seen.
std::vector<std::string> look(Client& client, const char* operation,
                              const std::vector<std::string>& keys, bool deletes) {
  std::vector<std::string> whole;
  whole.reserve(keys.size());
  for (const std::string& key : keys) {
    whole.push_back(client.url().prefix + key);
  }
  const std::string count = std::to_string(keys.size());
  Command words{"EVAL", scripts::kWalk, count};
  words.insert(words.end(), whole.begin(), whole.end());
  words.emplace_back(deletes ? "1" : "0");
  const Time ends = client.deadline();
  const std::vector<Reply> replies =
      deletes ? client.write(operation, {words}, ends) : client.read(operation, {words}, ends);
  const redisReply& reply = *replies.front();
  std::vector<std::string> seen;
  for (std::size_t i = 0; reply.type == REDIS_REPLY_ARRAY && i < reply.elements; ++i) {
    const redisReply& place = *reply.element[i];
    if (place.type != REDIS_REPLY_INTEGER || place.integer < 1 ||
        static_cast<std::size_t>(place.integer) > keys.size()) {
      client.reject_answer(operation);
    }
    seen.push_back(keys[static_cast<std::size_t>(place.integer) - 1]);
  }
  if (reply.type != REDIS_REPLY_ARRAY) {
    client.reject_answer(operation);
  }
  return seen;
}

}  // namespace

std::string in_scan_pattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern;
}

std::string scan_pattern(std::string_view prefix) { return in_scan_pattern(prefix) + '*'; }

// A place in a walk means nothing to another server, nor to the same one after a restart.
void walk_keys(Client& client, const char* operation, std::string_view prefix, bool deletes,
               const std::function<bool(const std::vector<std::string>& page)>& visit) {
  const std::string pattern = scan_pattern(client.url().prefix + std::string(prefix));
  unsigned server = client.epoch();
  std::string cursor = "0";
  do {
    ScanPage page = scan(client, operation, cursor, pattern);
    if (!page.keys.empty()) {
      page.keys = look(client, operation, page.keys, deletes);
    }
    if (const unsigned now = client.epoch(); now != server) {
      server = now;
      page.cursor = "0";
    } else if (page.cursor == "0") {
      visit(page.keys);
      return;
    }
    if (!visit(page.keys)) {
      return;
    }
    cursor = std::move(page.cursor);
  } while (true);
}

}  // namespace crier::redis
