// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {

/// A server that speaks Redis' protocol and answers what a test wants, on the loopback.
class RedisWire {
 public:
  using Words = std::vector<std::string>;
  /// What to send for a command, be it whole or not; "close" hangs up. `connection` counts from 0.
  /// Called on the server's thread, for one command after the other.
  using Answer = std::function<std::string(int connection, const Words& command)>;

  explicit RedisWire(Answer answer);
  ~RedisWire();
  RedisWire(const RedisWire&) = delete;
  RedisWire& operator=(const RedisWire&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// "127.0.0.1:PORT"
  [[nodiscard]] std::string place() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::string url() const { return "redis://" + place(); }
  /// So many have connected.
  [[nodiscard]] int connections() const { return connections_; }

 private:
  struct Client {
    int fd;
    int number;
    std::string bytes;
  };

  void serve(const std::stop_token& stop);
  [[nodiscard]] bool serve(Client& client);

  const Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::jthread thread_;  // last: uses the others
};

/// "$5\r\nvalue\r\n"
[[nodiscard]] std::string bulk(const std::string& text);
/// What get() asks for, of an entry that never expires, or of one that slides and is due.
[[nodiscard]] std::string plain_entry(const RedisWire::Words& command, const std::string& value,
                                      const std::string& sliding = "-1");

}  // namespace crier::test
