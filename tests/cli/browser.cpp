// SPDX-License-Identifier: MIT
#include "cli/browser.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <netinet/in.h>
#include <ostream>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace crier::test {

namespace {

std::string encoded_field(const std::string& text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    result += '%';
    result += kDigits[byte >> 4U];
    result += kDigits[byte & 15U];
  }
  return result;
}

// Without the sizes of its chunks.
std::string whole_body(const std::string& head, std::string body) {
  if (head.find("chunked") == head.npos) {
    return body;
  }
  std::string whole;
  while (!body.empty()) {
    const std::size_t end = body.find("\r\n");
    const std::size_t size = std::strtoul(body.c_str(), nullptr, 16);
    if (end == body.npos || size == 0) {
      break;
    }
    whole += body.substr(end + 2, size);
    body.erase(0, std::min(body.size(), end + 2 + size + 2));
  }
  return whole;
}

// Of the first form of a page; empty if that has none.
std::string secret_in(const WebAnswer& page) {
  const std::string before = "name=\"secret\" value=\"";
  const std::size_t at = page.body.find(before);
  return at == page.body.npos ? "" : page.body.substr(at + before.size(), 64);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const WebAnswer& answer) {
  return out << answer.head << "\n\n" << answer.body;
}

std::string WebAnswer::header(const std::string& name) const {
  const std::size_t begin = head.find("\r\n" + name + ": ");
  if (begin == head.npos) {
    return "";
  }
  const std::size_t value = begin + name.size() + 4;
  return head.substr(value, head.find("\r\n", value) - value);
}

WebConnection::WebConnection(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{60, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    throw std::runtime_error("nobody listens at port " + std::to_string(port));
  }
}

WebConnection::~WebConnection() { ::close(socket_); }

bool WebConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string WebConnection::receive(std::string_view text) const {
  std::string all;
  while (text.empty() || all.find(text) == all.npos) {
    const std::string more = receive_some(16 * 1024);
    if (more.empty()) {
      break;
    }
    all += more;
  }
  return all;
}

std::string WebConnection::receive_some(std::size_t most) const {
  std::string some(most, '\0');
  const ssize_t size = ::recv(socket_, some.data(), some.size(), 0);
  some.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return some;
}

WebAnswer ask(std::uint16_t port, const std::string& bytes) {
  const WebConnection connection(port);
  static_cast<void>(connection.send(bytes));  // a refusal may come before all was sent
  const std::string all = connection.receive();
  WebAnswer answer;
  const std::size_t end = all.find("\r\n\r\n");
  answer.head = all.substr(0, end);
  if (answer.head.starts_with("HTTP/1.1 ")) {
    answer.status = std::atoi(answer.head.c_str() + 9);
  }
  answer.body = end == all.npos ? "" : whole_body(answer.head, all.substr(end + 4));
  return answer;
}

WebPages::WebPages(const std::string& store, Args options)
    : tool_(
          [&] {
            Args args{"serve", "--listen", "0", "--user", "alice"};
            args.insert(args.end(), options.begin(), options.end());
            return args;
          }(),
          store) {
  const std::string before = "http://127.0.0.1:";
  REQUIRE_MESSAGE(tool_.prints(before), tool_.err());
  port_ = static_cast<std::uint16_t>(std::atoi(tool_.out().c_str() + before.size()));
}

WebAnswer WebPages::get(const std::string& target, const std::string& more) {
  return ask(port_, "GET " + target + " HTTP/1.1\r\nHost: " + host() + "\r\n" +
                        (cookie_.empty() ? "" : "Cookie: " + cookie_ + "\r\n") + more +
                        "Connection: close\r\n\r\n");
}

WebAnswer WebPages::post(const std::string& path, const Fields& form) {
  std::string body = "secret=" + (path == "/login" ? log_in_secret() : secret());
  for (const auto& [name, value] : form) {
    body += "&" + name + "=" + encoded_field(value);
  }
  WebAnswer answer =
      ask(port_, "POST " + path + " HTTP/1.1\r\nHost: " + host() + "\r\nOrigin: http://" + host() +
                     "\r\n" + (cookie_.empty() ? "" : "Cookie: " + cookie_ + "\r\n") +
                     "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                     std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body);
  if (const std::string cookie = answer.header("Set-Cookie"); !cookie.empty()) {
    cookie_ = cookie.substr(0, cookie.find(';'));
  }
  return answer;
}

// The footer or a form of an action has it.
std::string WebPages::secret() {
  for (const char* const page : {"/failures", "/", "/replay?ids=1"}) {
    if (std::string secret = secret_in(get(page)); !secret.empty()) {
      return secret;
    }
  }
  return "";
}

std::string WebPages::log_in_secret() {
  return secret_in(
      ask(port_, "GET / HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n"));
}

}  // namespace crier::test
