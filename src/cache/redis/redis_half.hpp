// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_half.hpp>

#include "cache/redis/redis_client.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::redis {

// The records of hybrid caches in Redis: a hash for each, with the fields G (generation), M
// (entry), f (its fingerprint), F (floor), and a field for each mark. Beside the entries, whose
// layout stays as it is. Thread-safe, and throws as the client does, which outlives it.
class Records {
 public:
  explicit Records(Client& client) : client_(client) {}

  // Plain commands, in one journey. With an empty key there is no value.
  [[nodiscard]] std::vector<SharedHalf::Read> read(std::string_view cache,
                                                   std::span<const SharedHalf::Ask> asks);
  // One script.
  SharedHalf::Written write(const SharedHalf::Write& write);
  // A page of SCAN, and a script for some of its keys at a time.
  SharedHalf::Swept sweep(std::string_view cache, const std::string& place);

 private:
  [[nodiscard]] std::string entry_of(std::string_view key) const {
    return client_.url().prefix + std::string(key);
  }
  // No byte of UTF-8, so no key of anybody's.
  [[nodiscard]] std::string record_of(std::string_view cache) const {
    return client_.url().prefix + "\xfe" + std::string(cache);
  }

  // How many of them it looked at, and removed.
  struct Looked {
    std::size_t keys;
    std::size_t removed;
  };
  [[nodiscard]] Looked sweep(const std::string& record, std::span<const std::string> keys);

  Client& client_;
};

}  // namespace crier::redis
