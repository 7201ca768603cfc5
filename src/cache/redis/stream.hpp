// SPDX-License-Identifier: MIT
#pragma once

#include "cache/redis/redis_url.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace crier::redis {

using Time = std::chrono::steady_clock::time_point;

// Why a connection is of no use any more: what follows "the Redis server x ".
class Lost : public std::runtime_error {
 public:
  explicit Lost(const std::string& what, bool is_retryable = true)
      : std::runtime_error(what), retryable(is_retryable) {}
  const bool retryable;
};

// A deadline has come: the caller knows how long it was.
class TimedOut : public Lost {
 public:
  TimedOut() : Lost("did not answer in time") {}
};

// A socket that never blocks, and never raises SIGPIPE.
class Socket {
 public:
  // Connects, by `ends`. Throws Lost.
  Socket(const Address& address, Time ends);
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept;
  ~Socket();
  Socket& operator=(Socket&&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  // POLLIN or POLLOUT. Throws TimedOut if it has not come when time is up.
  void wait(short event, Time ends) const;

 private:
  int fd_;
};

// Bytes to and from a server.
class Stream {
 public:
  virtual ~Stream() = default;

  // Number of bytes that were moved; 0 if none can be at the moment: then wait() tells when to try
  // again, with the same bytes. Throws Lost, also if the other side has closed it.
  virtual std::size_t read(char* into, std::size_t size) = 0;
  virtual std::size_t write(std::string_view bytes) = 0;
  // After a read() or write() that returned 0. Throws TimedOut.
  virtual void wait(Time ends) = 0;
  // Until there is something to read. Throws TimedOut.
  virtual void wait_for_bytes(Time ends) = 0;
};

// A plain one.
[[nodiscard]] std::unique_ptr<Stream> make_stream(Socket socket);

}  // namespace crier::redis
