// SPDX-License-Identifier: MIT
#pragma once

#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace crier::test {

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Something on a socket that is no Redis: sends `answer` to each that has asked for something,
/// byte by byte with a pause between, until it is destroyed.
class Impostor {
 public:
  Impostor(std::string answer, std::chrono::milliseconds pause)
      : thread_([this, answer = std::move(answer), pause](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            pollfd waited{listener_, POLLIN, 0};
            if (::poll(&waited, 1, 5) <= 0) {
              continue;
            }
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            std::array<char, 4096> command;
            static_cast<void>(::recv(client, command.data(), command.size(), 0));
            for (const char byte : answer) {
              if (stop.stop_requested() || ::send(client, &byte, 1, MSG_NOSIGNAL) != 1) {
                break;
              }
              ::poll(nullptr, 0, static_cast<int>(pause.count()));
            }
            ::close(client);
          }
        }) {}
  ~Impostor() {
    thread_.request_stop();
    thread_.join();
    ::close(listener_);
  }
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;

  [[nodiscard]] std::string url() const { return "redis+unix://" + path_; }

 private:
  [[nodiscard]] int listen() const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    const auto* any = reinterpret_cast<const sockaddr*>(&address);
    REQUIRE(::bind(fd, any, sizeof address) == 0);
    REQUIRE(::listen(fd, 5) == 0);
    return fd;
  }

  const TempDir dir_;
  const std::string path_ = dir_ / "s";
  const int listener_ = listen();
  std::jthread thread_;
};

}  // namespace crier::test
