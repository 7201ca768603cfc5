// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

namespace crier::bench {

// A Redis of its own, asked through hiredis over the loopback.
class RedisPeer {
 public:
  virtual ~RedisPeer() = default;
  virtual void set(const std::string& key, const std::string& value) = 0;
  // Empty if there is none.
  virtual std::string get(const std::string& key) = 0;
  // The value of an entry as the shared cache has it there: the bare HMGET.
  virtual std::string get_entry(const std::string& key) = 0;
  // For the shared cache.
  [[nodiscard]] virtual std::string url() const = 0;
};

// Null if there is no Redis, and `why_not` says why.
[[nodiscard]] std::unique_ptr<RedisPeer> redis_peer(std::string& why_not);

}  // namespace crier::bench
