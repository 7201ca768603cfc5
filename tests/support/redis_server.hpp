// SPDX-License-Identifier: MIT
#pragma once

#include "support/forked.hpp"
#include "support/temp_dir.hpp"

#include <memory>
#include <string>
#include <vector>

namespace crier::test {

/// A redis-server of its own, which keeps nothing on disk and ends with this object, or with this
/// process.
class RedisServer {
 public:
  /// Starts one on a free port of the loopback, and on a socket of its folder, and waits until it
  /// answers. `more` are further options. Null where there is none, and `why_not` says why.
  [[nodiscard]] static std::unique_ptr<RedisServer> start(
      std::string& why_not, const std::vector<std::string>& more = {});

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string socket() const { return (dir_ / "redis.sock").string(); }
  /// "redis://127.0.0.1:PORT"
  [[nodiscard]] std::string url() const;
  /// Of the loopback, which nobody used a moment ago.
  [[nodiscard]] static int free_port();
  /// SIGSTOP, SIGCONT, SIGKILL.
  void signal(int signal);
  /// Ends it, and starts another one at the same place.
  [[nodiscard]] bool restart();

 private:
  RedisServer(std::string program, std::vector<std::string> more);
  void run();
  // False as well if it has ended, as one does whose port is somebody else's by then.
  [[nodiscard]] bool answers() const;

  const TempDir dir_;
  const std::string program_;
  const std::vector<std::string> more_;
  int port_;
  std::unique_ptr<Forked> process_;
};

}  // namespace crier::test
