// SPDX-License-Identifier: MIT
#include "bench/carrier.hpp"
#include "bench/process.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdlib>
#include <filesystem>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace crier::bench {

namespace {

constexpr const char* kLoopback = "127.0.0.1";

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(void* reply) const { freeReplyObject(reply); }
};
using Connection = std::unique_ptr<redisContext, Free>;
using Reply = std::unique_ptr<redisReply, Free>;

// Null where nobody answers.
Connection connect(int port) {
  Connection connection(redisConnect(kLoopback, port));
  return connection != nullptr && connection->err == 0 ? std::move(connection) : nullptr;
}

Connection require_connection(int port) {
  Connection connection = connect(port);
  if (connection == nullptr) {
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

// Empty where there is none.
std::string on_the_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string file = std::string(rest.substr(0, end)) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) {
      return file;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

// The system's choice; somebody else may take it before we do, and then the server ends.
int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  inet_pton(AF_INET, kLoopback, &address.sin_addr);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool bound = bind(fd, any, size) == 0 && getsockname(fd, any, &size) == 0;
  close(fd);
  if (!bound) {
    throw std::runtime_error("no free port on the loopback");
  }
  return ntohs(address.sin_port);
}

class RedisCarrier final : public Carrier {
 public:
  explicit RedisCarrier(const std::string& server)
      : server_(process([this, server] {
          const std::string port = std::to_string(port_);
          const std::string log = dir_ / "redis.log";
          execl(server.c_str(), server.c_str(), "--port", port.c_str(), "--bind", kLoopback,
                "--save", "", "--appendonly", "no", "--dir", dir_.path().c_str(), "--logfile",
                log.c_str(), nullptr);
          return 127;
        })) {}

  [[nodiscard]] bool answers() const {
    return test::eventually([this] { return connect(port_) != nullptr; });
  }

  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    const Connection connection = require_connection(port_);
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
    publisher_ = require_connection(port_);
    return [this](int message) {
      const Reply reply(
          static_cast<redisReply*>(redisCommand(publisher_.get(), "PUBLISH products %d", message)));
      if (reply == nullptr) {
        throw std::runtime_error(std::string("Redis: ") + publisher_->errstr);
      }
    };
  }

 private:
  const test::TempDir dir_;
  const int port_ = free_port();
  const std::unique_ptr<test::Forked> server_;
  Connection publisher_;
};

}  // namespace

std::unique_ptr<Carrier> carried_by_redis(std::string& why_not) {
  const std::string server = on_the_path("redis-server");
  if (server.empty()) {
    why_not = "there is no redis-server on the PATH (Debian: redis-server)";
    return nullptr;
  }
  auto carrier = std::make_unique<RedisCarrier>(server);
  if (!carrier->answers()) {
    why_not = server + " was started and does not answer";
    return nullptr;
  }
  return carrier;
}

}  // namespace crier::bench
