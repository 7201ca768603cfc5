// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct redisReader;
struct redisReply;
struct redisReplyObjectFunctions;

namespace crier::redis {

struct FreeReply {
  void operator()(redisReply* reply) const;
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

// Makes answers of what a server sends, be it hostile: lists are nested seven deep at the most.
class ReplyReader {
 public:
  // The largest answer, in bytes: what Redis itself takes as one value, and some words more.
  static constexpr std::size_t kMostBytes = std::size_t{513} * 1024 * 1024;
  // The longest list: as many elements as Redis itself takes in a command.
  static constexpr std::size_t kMostElements = std::size_t{1024} * 1024;

  ReplyReader();

  // The next whole answer; null if some of it is yet to come. Throws Lost if this is no answer, or
  // too large a one: nothing is to be read any more.
  [[nodiscard]] Reply next();
  void feed(std::string_view bytes);

 private:
  struct Free {
    void operator()(redisReader* reader) const;
    void operator()(redisReplyObjectFunctions* functions) const;
  };

  const std::unique_ptr<redisReplyObjectFunctions, Free> functions_;
  const std::unique_ptr<redisReader, Free> reader_;
  std::size_t fed_ = 0;  // bytes since the last whole answer
};

}  // namespace crier::redis
