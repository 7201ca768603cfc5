// SPDX-License-Identifier: MIT
#include "cache/redis/entry_reader.hpp"

#include <algorithm>
#include <charconv>
#include <hiredis/hiredis.h>
#include <limits>
#include <system_error>

namespace crier::redis {
namespace {

constexpr std::int64_t kTicksIn1970 = 621'355'968'000'000'000;
constexpr std::int64_t kTicksInMs = 10'000;
constexpr std::int64_t kNone = -1;

// Or a simple string, as some that speak the protocol answer.
bool is_text(const redisReply& reply) {
  return reply.type == REDIS_REPLY_STRING || reply.type == REDIS_REPLY_STATUS;
}

}  // namespace

std::optional<std::int64_t> number_in(const redisReply& reply) {
  std::int64_t number = 0;
  if (!is_text(reply)) {
    return std::nullopt;
  }
  const char* const end = reply.str + reply.len;
  const auto [rest, error] = std::from_chars(reply.str, end, number);
  return error != std::errc() || rest != end ? std::nullopt : std::optional(number);
}

std::optional<std::int64_t> time_in(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) {
    return std::nullopt;
  }
  constexpr std::int64_t kMillion = 1'000'000;
  constexpr std::int64_t kMostSeconds = 253'402'300'799;  // the end of what .NET can count
  const auto seconds = number_in(*reply.element[0]);
  const auto rest = number_in(*reply.element[1]);
  if (!seconds || !rest || *seconds < 0 || *seconds > kMostSeconds || *rest < 0 ||
      *rest >= kMillion) {
    return std::nullopt;
  }
  return *seconds * kMillion + *rest;
}

void EntryReader::ask(Commands& commands, std::string_view entry, bool with_value) {
  // The time that is left, first: what is asked for after it can't have been there for longer.
  commands.push_back({"PTTL", entry});
  if (with_value) {
    commands.push_back({"HMGET", entry, "absexp", "sldexp", "data"});
  } else {
    commands.push_back({"HMGET", entry, "absexp", "sldexp"});
  }
}

std::optional<EntryReader> EntryReader::read(const Reply* replies, std::int64_t now) {
  const redisReply& left = *replies[0];
  const redisReply& fields = *replies[1];
  if (left.type != REDIS_REPLY_INTEGER || fields.type != REDIS_REPLY_ARRAY || fields.elements < 2 ||
      fields.elements > 3) {
    return std::nullopt;
  }
  EntryReader entry;
  const redisReply& last = *fields.element[fields.elements - 1];
  if (last.type != REDIS_REPLY_NIL && last.type != REDIS_REPLY_STRING) {
    return std::nullopt;
  }
  entry.seen_ = last.type == REDIS_REPLY_STRING;
  entry.value_ = &last;
  const std::int64_t now_ms = now / 1000;
  const std::int64_t absolute = number_in(*fields.element[0]).value_or(kNone);
  const std::int64_t sliding = number_in(*fields.element[1]).value_or(kNone);
  std::int64_t most = std::numeric_limits<std::int64_t>::max();  // ms that it may still live
  if (absolute != kNone) {
    if (absolute < kTicksIn1970 || (absolute - kTicksIn1970) / 10 <= now) {
      entry.seen_ = false;
      return entry;
    }
    most = (absolute - kTicksIn1970) / kTicksInMs - now_ms;
  }
  if (sliding > 0) {
    // Redis counts in ms, and so cuts off a part of one here and there.
    constexpr std::int64_t kInexact = 5;
    const std::int64_t sliding_ms = sliding / kTicksInMs;
    entry.wants_renewal_ =
        left.integer < 0 || (left.integer < sliding_ms && left.integer + kInexact < most);
  }
  return entry;
}

std::string EntryReader::value() const { return std::string(text_of(*value_)); }

}  // namespace crier::redis
