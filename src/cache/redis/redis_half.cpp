// SPDX-License-Identifier: MIT
#include "cache/redis/redis_half.hpp"

#include "base/hybrid_marks.hpp"
#include "cache/redis/record_script.hpp"
#include "cache/redis/redis_words.hpp"
#include "cache/redis/scripts.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <hiredis/hiredis.h>
#include <system_error>
#include <utility>

namespace crier::redis {
namespace {

template <class Number>
bool parse(const redisReply& reply, Number& number) {
  if (reply.type != REDIS_REPLY_STRING) {
    return false;
  }
  const char* const end = reply.str + reply.len;
  const auto [rest, error] = std::from_chars(reply.str, end, number);
  return error == std::errc() && rest == end;
}

// Four fields from `first` on.
bool parse_record(const redisReply& fields, std::size_t first, HybridRecord& record) {
  return parse(*fields.element[first], record.generation) &&
         parse(*fields.element[first + 1], record.through.id.value) &&
         parse(*fields.element[first + 2], record.through.fingerprint.value) &&
         parse(*fields.element[first + 3], record.floor.value);
}

std::string field_of(std::uint64_t mark) { return "m" + std::to_string(mark); }

using Words = std::vector<std::string>;

void add(const HybridRecord& record, Words& words) {
  words.push_back(std::to_string(record.generation));
  words.push_back(std::to_string(record.through.id.value));
  words.push_back(std::to_string(record.through.fingerprint.value));
  words.push_back(std::to_string(record.floor.value));
}

constexpr std::size_t kFields = 4;   // of the record, besides its marks
constexpr std::size_t kValue = 3;    // of the entry: absexp, sldexp, data
constexpr std::size_t kAnswers = 2;  // for an entry: the time that is left, then the entry

// False if it is of another form.
bool take_record(const redisReply& reply, HybridRecord& record, HybridMarks& marks) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != kFields + marks.known().size() ||
      (reply.element[0]->type != REDIS_REPLY_NIL && !parse_record(reply, 0, record))) {
    return false;
  }
  std::size_t i = kFields;
  for (auto& [mark, entry] : marks.known()) {
    const redisReply& field = *reply.element[i++];
    if (field.type != REDIS_REPLY_NIL && !parse(field, entry.value)) {
      return false;
    }
  }
  return true;
}

// The same. Nothing if there is no entry.
bool take_value(const Reply* replies, std::optional<SharedHalf::Value>& value) {
  const redisReply& left = *replies[0];
  const redisReply& entry = *replies[1];
  if (left.type != REDIS_REPLY_INTEGER || entry.type != REDIS_REPLY_ARRAY ||
      entry.elements != kValue) {
    return false;
  }
  const redisReply& data = *entry.element[kValue - 1];
  if (data.type != REDIS_REPLY_STRING) {
    return true;
  }
  value.emplace(SharedHalf::Value{std::string(text_of(data))});
  if (left.integer >= 0) {
    value->left = std::chrono::milliseconds(left.integer);
  }
  constexpr std::int64_t kTicksOfMs = 10'000;
  std::int64_t sliding = 0;
  if (parse(*entry.element[1], sliding) && sliding > 0) {
    value->sliding = std::chrono::milliseconds(std::max(sliding / kTicksOfMs, std::int64_t{1}));
  }
  return true;
}

}  // namespace

std::vector<SharedHalf::Read> Records::read(std::string_view cache,
                                            std::span<const SharedHalf::Ask> asks) {
  const Time ends = client_.deadline();
  HybridMarks marks(asks);
  Words texts;  // of which the commands are made
  texts.reserve(asks.size() + 1 + marks.known().size());
  Commands commands;
  commands.reserve(kAnswers * asks.size() + 1);
  for (const SharedHalf::Ask& ask : asks) {
    if (!ask.key.empty()) {
      const std::string& entry = texts.emplace_back(entry_of(ask.key));
      commands.push_back({"PTTL", entry});
      commands.push_back({"HMGET", entry, "absexp", "sldexp", "data"});
    }
  }
  // The values first: what the record says of invalidations must be no older than they are.
  Command record{"HMGET", texts.emplace_back(record_of(cache)), "G", "M", "f", "F"};
  record.reserve(record.size() + marks.known().size());
  for (const auto& [mark, entry] : marks.known()) {
    record.emplace_back(texts.emplace_back(field_of(mark)));
  }
  commands.push_back(std::move(record));
  const std::vector<Reply> replies = client_.read("get", commands, ends);
  HybridRecord known;
  if (!take_record(*replies.back(), known, marks)) {
    client_.reject_answer("get");
  }
  std::vector<SharedHalf::Read> reads;
  reads.reserve(asks.size());
  Commands renewals;
  std::size_t next = 0;
  for (const SharedHalf::Ask& ask : asks) {
    SharedHalf::Read& one = reads.emplace_back();
    one.record = known;
    one.newest_mark = marks.newest(ask.marks);
    if (ask.key.empty()) {
      continue;
    }
    if (!take_value(&replies[next], one.value)) {
      client_.reject_answer("get");
    }
    if (one.value && one.value->sliding && one.value->left &&
        *one.value->left < *one.value->sliding) {
      renewals.push_back({"EVAL", scripts::kRenew, "1", commands[next][1]});
    }
    next += kAnswers;
  }
  if (!renewals.empty()) {
    client_.try_write(renewals, ends);
  }
  return reads;
}

SharedHalf::Written Records::write(const SharedHalf::Write& write) {
  const std::string record = record_of(write.cache);
  // A script names its keys, also one that it leaves alone.
  Words words{"EVAL", std::string(scripts::kWriteRecord), "2", record,
              write.key.empty() ? record : entry_of(write.key)};
  add(write.expected, words);
  add(write.next, words);
  words.push_back(std::to_string(SharedHalf::kMostMarks));
  words.push_back(std::to_string(write.marks.size()));
  for (const HybridMark& mark : write.marks) {
    words.push_back(field_of(mark.what));
    words.push_back(std::to_string(mark.entry.value));
  }
  if (!write.key.empty()) {
    words.insert(words.end(), {text_of(write.expiry.after), text_of(write.expiry.at),
                               text_of(write.expiry.sliding), std::string(write.data)});
  }
  const std::vector<Reply> replies =
      client_.write("set", {Command(words.begin(), words.end())}, client_.deadline());
  const redisReply& reply = *replies.front();
  SharedHalf::Written written;
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 1 + kFields ||
      reply.element[0]->type != REDIS_REPLY_INTEGER || !parse_record(reply, 1, written.record)) {
    client_.reject_answer("set");
  }
  written.done = reply.element[0]->integer == 1;
  return written;
}

}  // namespace crier::redis
