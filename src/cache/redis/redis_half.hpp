// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_half.hpp>

#include "cache/redis/redis_connection.hpp"
#include "cache/redis/reply_reader.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::redis {

// The records of hybrid caches in Redis: a hash for each, with the fields G (generation), M
// (entry), f (its fingerprint), F (floor), and a field for each mark. Beside the entries, whose
// layout stays as it is.
class RecordCommands {
 public:
  using Words = std::vector<std::string>;

  explicit RecordCommands(std::string prefix) : prefix_(std::move(prefix)) {}

  // To be run in this order: the time that is left of the entry, the entry (none with an empty
  // key), the record.
  [[nodiscard]] std::vector<Words> read(std::string_view cache, std::string_view key,
                                        std::span<const std::uint64_t> marks) const;
  // Of the answers to these. False if they are of another form.
  [[nodiscard]] static bool take(const std::vector<Reply>& replies, SharedHalf::Read& found);
  // One script.
  [[nodiscard]] Words write(const SharedHalf::Write& write, const std::string& after,
                            const std::string& at, const std::string& sliding) const;
  // Of its answer.
  [[nodiscard]] static bool take(const redisReply& reply, SharedHalf::Written& written);

 private:
  // No byte of UTF-8, so no key of anybody's.
  [[nodiscard]] std::string record_of(std::string_view cache) const {
    return prefix_ + "\xfe" + std::string(cache);
  }

  const std::string prefix_;
};

// They must outlive what is returned.
[[nodiscard]] inline Commands commands_of(const std::vector<RecordCommands::Words>& words) {
  Commands commands;
  for (const RecordCommands::Words& one : words) {
    commands.emplace_back(one.begin(), one.end());
  }
  return commands;
}

}  // namespace crier::redis
