// SPDX-License-Identifier: MIT
#include "bench/redis_peer.hpp"

#include "support/redis_server.hpp"

#include <hiredis/hiredis.h>
#include <stdexcept>
#include <utility>

namespace crier::bench {

namespace {

class Peer final : public RedisPeer {
 public:
  explicit Peer(std::unique_ptr<test::RedisServer> server)
      : server_(std::move(server)),
        connection_(redisConnect("127.0.0.1", server_->port()), redisFree) {}

  void set(const std::string& key, const std::string& value) override {
    run(redisCommand(connection_.get(), "SET %b %b", key.data(), key.size(), value.data(),
                     value.size()));
  }
  std::string get(const std::string& key) override {
    const Reply reply = run(redisCommand(connection_.get(), "GET %b", key.data(), key.size()));
    return reply->type == REDIS_REPLY_STRING
               ? std::string(reply->str, static_cast<std::size_t>(reply->len))
               : std::string();
  }
  std::string get_entry(const std::string& key) override {
    const Reply reply =
        run(redisCommand(connection_.get(), "HMGET %b absexp sldexp data", key.data(), key.size()));
    const redisReply* const value = reply->elements == 3 ? reply->element[2] : nullptr;
    return value != nullptr && value->type == REDIS_REPLY_STRING
               ? std::string(value->str, static_cast<std::size_t>(value->len))
               : std::string();
  }
  std::string url() const override { return server_->url(); }

 private:
  using Reply = std::unique_ptr<redisReply, void (*)(void*)>;

  Reply run(void* reply) const {
    if (reply == nullptr) {
      throw std::runtime_error(std::string("Redis: ") + connection_->errstr);
    }
    return {static_cast<redisReply*>(reply), freeReplyObject};
  }

  const std::unique_ptr<test::RedisServer> server_;
  const std::unique_ptr<redisContext, void (*)(redisContext*)> connection_;
};

}  // namespace

std::unique_ptr<RedisPeer> redis_peer(std::string& why_not) {
  auto server = test::RedisServer::start(why_not);
  return server == nullptr ? nullptr : std::make_unique<Peer>(std::move(server));
}

}  // namespace crier::bench
