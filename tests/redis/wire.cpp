// SPDX-License-Identifier: MIT
#include "redis/wire.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace crier::test {
namespace {

// Takes a whole command off the front: "*1\r\n$4\r\nPING\r\n".
std::optional<RedisWire::Words> take_command(std::string& bytes) {
  std::size_t at = 0;
  const auto number = [&](char mark) -> std::optional<std::size_t> {
    const std::size_t end = bytes.find("\r\n", at);
    if (end == std::string::npos || bytes.at(at) != mark) {
      return std::nullopt;
    }
    const std::size_t value = std::stoul(bytes.substr(at + 1, end - at - 1));
    at = end + 2;
    return value;
  };
  if (bytes.empty()) {
    return std::nullopt;
  }
  const auto count = number('*');
  RedisWire::Words words;
  for (std::size_t i = 0; count && i < *count; ++i) {
    const auto size = at < bytes.size() ? number('$') : std::nullopt;
    if (!size || at + *size + 2 > bytes.size()) {
      return std::nullopt;
    }
    words.push_back(bytes.substr(at, *size));
    at += *size + 2;
  }
  bytes.erase(0, at);
  return count ? std::optional(words) : std::nullopt;
}

}  // namespace

RedisWire::RedisWire(Answer answer) : answer_(std::move(answer)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("no place for a server on the loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

RedisWire::~RedisWire() {
  thread_.request_stop();
  thread_.join();
  ::close(listener_);
}

void RedisWire::serve(const std::stop_token& stop) {
  std::vector<Client> clients;
  while (!stop.stop_requested()) {
    std::vector<pollfd> waited{{listener_, POLLIN, 0}};
    for (const Client& client : clients) {
      waited.push_back({client.fd, POLLIN, 0});
    }
    if (::poll(waited.data(), waited.size(), 5) <= 0) {
      continue;
    }
    for (std::size_t i = waited.size(); i-- > 1;) {
      if (waited[i].revents != 0 && !serve(clients[i - 1])) {
        ::close(clients[i - 1].fd);
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i - 1));
      }
    }
    if (waited[0].revents != 0) {
      clients.push_back({::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), connections_++, {}});
    }
  }
  for (const Client& client : clients) {
    ::close(client.fd);
  }
}

bool RedisWire::serve(Client& client) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t got = ::recv(client.fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    return false;
  }
  client.bytes.append(buffer.data(), static_cast<std::size_t>(got));
  while (const auto command = take_command(client.bytes)) {
    const std::string text = answer_(client.number, *command);
    if (text == "close" || ::send(client.fd, text.data(), text.size(), MSG_NOSIGNAL) < 0) {
      return false;
    }
  }
  return true;
}

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}

std::string plain_entry(const RedisWire::Words& command, const std::string& value,
                        const std::string& sliding) {
  const std::string& verb = command.front();
  if (verb == "TIME") {
    return "*2\r\n" + bulk("1790000000") + bulk("5");
  }
  if (verb == "PTTL") {
    return ":1\r\n";
  }
  if (verb == "HMGET") {
    return "*3\r\n" + bulk("-1") + bulk(sliding) + bulk(value);
  }
  return verb == "MGET" ? "*2\r\n$-1\r\n$-1\r\n" : "+OK\r\n";
}

}  // namespace crier::test
