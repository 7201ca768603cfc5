// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_cache.hpp>

#include "support/redis_server.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <hiredis/hiredis.h>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

/// Another program's connection to the server.
class Client {
 public:
  explicit Client(const RedisServer& server) : Client(server.port()) {}
  explicit Client(int port) : context_(redisConnect("127.0.0.1", port), redisFree) {}

  /// The answer as text: "nil" for none, the elements of a list each with a blank before it.
  std::string operator()(const std::vector<std::string>& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : words) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    const std::unique_ptr<void, void (*)(void*)> reply(
        redisCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(),
                         sizes.data()),
        freeReplyObject);
    return reply == nullptr ? "gone" : text_of(*static_cast<redisReply*>(reply.get()));
  }

 private:
  static std::string text_of(const redisReply& reply) {
    switch (reply.type) {
      case REDIS_REPLY_NIL:
        return "nil";
      case REDIS_REPLY_INTEGER:
        return std::to_string(reply.integer);
      case REDIS_REPLY_ARRAY: {
        std::string text;
        for (std::size_t i = 0; i < reply.elements; ++i) {
          text += " " + text_of(*reply.element[i]);
        }
        return text;
      }
      default:
        return {reply.str, static_cast<std::size_t>(reply.len)};
    }
  }

  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

/// Runs `test` with a server, or says that there is none.
inline void with_server(const std::function<void(RedisServer&)>& test,
                        const std::vector<std::string>& options = {}) {
  std::string why_not;
  const std::unique_ptr<RedisServer> server = RedisServer::start(why_not, options);
  if (server == nullptr) {
    MESSAGE("SKIPPED: " << why_not);
    return;
  }
  test(*server);
}

}  // namespace crier::test
