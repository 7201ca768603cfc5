// SPDX-License-Identifier: MIT
#include "bench/carrier.hpp"
#include "support/redis_server.hpp"

#include <cstdlib>
#include <hiredis/hiredis.h>
#include <stdexcept>
#include <utility>

namespace crier::bench {

namespace {

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(void* reply) const { freeReplyObject(reply); }
};
using Connection = std::unique_ptr<redisContext, Free>;
using Reply = std::unique_ptr<redisReply, Free>;

Connection require_connection(int port) {
  Connection connection(redisConnect("127.0.0.1", port));
  if (connection == nullptr || connection->err != 0) {
    throw std::runtime_error("redis-server does not answer");
  }
  return connection;
}

Reply next_reply(redisContext& connection) {
  void* reply = nullptr;
  if (redisGetReply(&connection, &reply) != REDIS_OK) {
    throw std::runtime_error(std::string("Redis: ") + connection.errstr);
  }
  return Reply(static_cast<redisReply*>(reply));
}

class RedisCarrier final : public Carrier {
 public:
  explicit RedisCarrier(std::unique_ptr<test::RedisServer> server) : server_(std::move(server)) {}

  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    const Connection connection = require_connection(server_->port());
    const Reply reply(
        static_cast<redisReply*>(redisCommand(connection.get(), "SUBSCRIBE products")));
    if (reply == nullptr) {
      throw std::runtime_error(std::string("Redis: ") + connection->errstr);
    }
    subscribed();
    for (;;) {
      const Reply message = next_reply(*connection);  // "message", the channel, what was sent
      received(std::atoi(message->element[2]->str));
    }
  }

  std::function<void(int)> publisher() override {
    publisher_ = require_connection(server_->port());
    return [this](int message) {
      const Reply reply(
          static_cast<redisReply*>(redisCommand(publisher_.get(), "PUBLISH products %d", message)));
      if (reply == nullptr) {
        throw std::runtime_error(std::string("Redis: ") + publisher_->errstr);
      }
    };
  }

 private:
  const std::unique_ptr<test::RedisServer> server_;
  Connection publisher_;
};

}  // namespace

std::unique_ptr<Carrier> carried_by_redis(std::string& why_not) {
  auto server = test::RedisServer::start(why_not);
  return server == nullptr ? nullptr : std::make_unique<RedisCarrier>(std::move(server));
}

}  // namespace crier::bench
