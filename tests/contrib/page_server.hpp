// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace crier::test {

/// Serves pages on the loopback for a scrape, one request after the other, on a thread of its own.
class PageServer {
 public:
  PageServer();
  ~PageServer();
  PageServer(const PageServer&) = delete;
  PageServer& operator=(const PageServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  /// What GET `path` is answered with from now on.
  void put(const std::string& path, const std::string& text,
           const std::string& type = "text/plain; version=0.0.4");

 private:
  void serve() const;
  [[nodiscard]] std::string answer(const std::string& request) const;

  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> answers_;  // guarded by mutex_
  std::thread thread_;
};

/// GETs `path` from a server on the loopback; its answer without the head. Empty if it has none.
[[nodiscard]] std::string fetch(int port, const std::string& path);

}  // namespace crier::test
