// SPDX-License-Identifier: MIT
#include "contrib/page_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace crier::test {

namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

sockaddr_in on_loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// Until `end` has been read, or the other side has ended.
std::string received(int fd, std::string_view end) {
  std::string text;
  char bytes[16 * 1024];
  for (ssize_t size = 0; (size = recv(fd, bytes, sizeof bytes, 0)) > 0;) {
    text.append(bytes, static_cast<std::size_t>(size));
    if (!end.empty() && text.find(end) != std::string::npos) {
      break;
    }
  }
  return text;
}

void send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (size <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

}  // namespace

PageServer::PageServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = on_loopback(0);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("no port on the loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

PageServer::~PageServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

void PageServer::put(const std::string& path, const std::string& text, const std::string& type) {
  const std::lock_guard lock(mutex_);
  answers_[path] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: " + type +
                   "\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

void PageServer::serve() const {
  for (int fd = 0; (fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; close(fd)) {
    send_all(fd, answer(received(fd, kEndOfHead)));
  }
}

std::string PageServer::answer(const std::string& request) const {
  const std::size_t begin = request.find(' ') + 1;
  const std::lock_guard lock(mutex_);
  const auto found = answers_.find(request.substr(begin, request.find(' ', begin) - begin));
  return found == answers_.end() ? "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n"
                                 : found->second;
}

std::string fetch(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = on_loopback(port);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    send_all(fd, "GET " + path + " HTTP/1.0\r\n\r\n");
    answer = received(fd, {});
  }
  close(fd);
  const std::size_t head = answer.find(kEndOfHead);
  return head == std::string::npos ? "" : answer.substr(head + kEndOfHead.size());
}

}  // namespace crier::test
