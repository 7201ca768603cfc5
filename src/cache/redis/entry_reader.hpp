// SPDX-License-Identifier: MIT
#pragma once

#include "cache/redis/redis_connection.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace crier::redis {

// An entry as plain commands read it: see scripts.hpp for what it is made of.
class EntryReader {
 public:
  static constexpr std::size_t kAnswers = 2;

  // Adds the commands that read `entry`, which must outlive them, with its value or without.
  static void ask(Commands& commands, std::string_view entry, bool with_value);
  // Of the answers to these, the first of which is `replies`; nothing if they are of another form.
  // `now` is the server's clock, in microseconds since 1970, when it began.
  static std::optional<EntryReader> read(const Reply* replies, std::int64_t now);

  // Whether there is one: it may stand there, and have expired.
  [[nodiscard]] bool seen() const { return seen_; }
  [[nodiscard]] bool wants_renewal() const { return wants_renewal_; }
  // REQUIRES: it was asked for, and seen().
  [[nodiscard]] std::string value() const;

 private:
  bool seen_ = false;
  bool wants_renewal_ = false;
  const redisReply* value_ = nullptr;
};

// The answer to TIME, in microseconds since 1970.
[[nodiscard]] std::optional<std::int64_t> time_in(const redisReply& reply);
// A number that stands in a text, or nothing.
[[nodiscard]] std::optional<std::int64_t> number_in(const redisReply& reply);

}  // namespace crier::redis
