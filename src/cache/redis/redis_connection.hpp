// SPDX-License-Identifier: MIT
#pragma once

#include "cache/redis/redis_url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;
struct redisReply;

namespace crier::redis {

struct Free {
  void operator()(redisContext* context) const;
  void operator()(redisReply* reply) const;
};
using Reply = std::unique_ptr<redisReply, Free>;

// One connection to a server, used by one thread at a time. Each call ends by the URL's deadline,
// and throws crier::Error that names the server.
class Connection {
 public:
  explicit Connection(const Url& url);

  // Sends one command, and waits for its answer. A connection on which this has thrown is of no use
  // any more, unless it says still_good().
  Reply run(const char* operation, const std::vector<std::string_view>& words);
  [[nodiscard]] bool still_good() const { return good_; }
  // Whether the server has not hung up while nobody looked.
  [[nodiscard]] bool is_open() const;

 private:
  using Clock = std::chrono::steady_clock;

  void introduce();
  void send(const char* operation, std::string_view bytes);
  [[nodiscard]] Reply receive(const char* operation);
  void wait_for(const char* operation, short event);
  [[noreturn]] void fail(const char* operation, const std::string& what, bool retryable);

  const Url& url_;
  Clock::time_point ends_;  // of the call
  std::unique_ptr<redisContext, Free> context_;
  bool good_ = true;
};

}  // namespace crier::redis
