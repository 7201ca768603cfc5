// SPDX-License-Identifier: MIT
#include "cache/redis/redis_half.hpp"

#include "cache/redis/record_script.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <hiredis/hiredis.h>
#include <system_error>

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

void add(const HybridRecord& record, RecordCommands::Words& words) {
  words.push_back(std::to_string(record.generation));
  words.push_back(std::to_string(record.through.id.value));
  words.push_back(std::to_string(record.through.fingerprint.value));
  words.push_back(std::to_string(record.floor.value));
}

constexpr std::size_t kFields = 4;  // of the record, besides its marks
constexpr std::size_t kValue = 3;   // of the entry: absexp, sldexp, data

}  // namespace

std::vector<RecordCommands::Words> RecordCommands::read(
    std::string_view cache, std::string_view key, std::span<const std::uint64_t> marks) const {
  std::vector<Words> commands;
  if (!key.empty()) {
    const std::string entry = prefix_ + std::string(key);
    commands.push_back({"PTTL", entry});
    commands.push_back({"HMGET", entry, "absexp", "sldexp", "data"});
  }
  Words record{"HMGET", record_of(cache), "G", "M", "f", "F"};
  for (const std::uint64_t mark : marks) {
    record.push_back(field_of(mark));
  }
  commands.push_back(std::move(record));
  return commands;
}

bool RecordCommands::take(const std::vector<Reply>& replies, SharedHalf::Read& found) {
  const redisReply& record = *replies.back();
  if (record.type != REDIS_REPLY_ARRAY || record.elements < kFields ||
      (record.element[0]->type != REDIS_REPLY_NIL && !parse_record(record, 0, found.record))) {
    return false;
  }
  for (std::size_t i = kFields; i < record.elements; ++i) {
    EntryId mark;
    if (record.element[i]->type != REDIS_REPLY_NIL && !parse(*record.element[i], mark.value)) {
      return false;
    }
    found.newest_mark = std::max(found.newest_mark, mark);
  }
  if (replies.size() == 1) {
    return true;
  }
  const redisReply& left = *replies[0];
  const redisReply& entry = *replies[1];
  if (left.type != REDIS_REPLY_INTEGER || entry.type != REDIS_REPLY_ARRAY ||
      entry.elements != kValue) {
    return false;
  }
  const redisReply& data = *entry.element[kValue - 1];
  if (data.type == REDIS_REPLY_STRING) {
    found.value.emplace(
        SharedHalf::Value{std::string(data.str, static_cast<std::size_t>(data.len))});
    if (left.integer >= 0) {
      found.value->left = std::chrono::milliseconds(left.integer);
    }
    constexpr std::int64_t kTicksOfMs = 10'000;
    std::int64_t sliding = 0;
    if (parse(*entry.element[1], sliding) && sliding > 0) {
      found.value->sliding =
          std::chrono::milliseconds(std::max(sliding / kTicksOfMs, std::int64_t{1}));
    }
  }
  return true;
}

RecordCommands::Words RecordCommands::write(const SharedHalf::Write& write,
                                            const std::string& after, const std::string& at,
                                            const std::string& sliding) const {
  const std::string record = record_of(write.cache);
  // A script names its keys, also one that it leaves alone.
  const std::string entry = write.key.empty() ? record : prefix_ + std::string(write.key);
  Words words{"EVAL", std::string(scripts::kWriteRecord), "2", record, entry};
  add(write.expected, words);
  add(write.next, words);
  words.push_back(std::to_string(SharedHalf::kMostMarks));
  words.push_back(std::to_string(write.marks.size()));
  for (const HybridMark& mark : write.marks) {
    words.push_back(field_of(mark.what));
    words.push_back(std::to_string(mark.entry.value));
  }
  if (!write.key.empty()) {
    words.insert(words.end(), {after, at, sliding, std::string(write.data)});
  }
  return words;
}

bool RecordCommands::take(const redisReply& reply, SharedHalf::Written& written) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 1 + kFields ||
      reply.element[0]->type != REDIS_REPLY_INTEGER) {
    return false;
  }
  written.done = reply.element[0]->integer == 1;
  return parse_record(reply, 1, written.record);
}

}  // namespace crier::redis
