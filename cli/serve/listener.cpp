// SPDX-License-Identifier: MIT
#include "serve/listener.hpp"

#include <crier/error.hpp>

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "base/file_error.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace crier::cli {

namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<SocketAddress> socket_address(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    std::memcpy(&address.storage, &four, sizeof four);
    address.size = sizeof four;
  } else if (::inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    std::memcpy(&address.storage, &six, sizeof six);
    address.size = sizeof six;
  } else {
    return std::nullopt;
  }
  return address;
}

std::uint16_t port_of(const SocketAddress& address) {
  sockaddr_in6 six{};  // the port stands at the same place in both
  std::memcpy(&six, &address.storage, sizeof six);
  return ntohs(six.sin6_port);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(port)
                                                                  : std::nullopt;
}

// A sentence on why `address` can't be listened at.
std::string cant_listen(const ListenAddress& address, int error) {
  std::string why = system_error_text(error);
  if (error == EADDRINUSE) {
    why = "another program listens there; end that, or choose another port with --listen";
  } else if (error == EADDRNOTAVAIL) {
    why = "this machine has no such address";
  } else if (error == EACCES) {
    why = "this user may not listen at that port; choose one from 1024 up with --listen";
  }
  return "can't listen at " + address.text() + ": " + why;
}

}  // namespace

ListenAddress ListenAddress::parse(const std::string& option, const std::string& text) {
  ListenAddress address;
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    host = std::string_view(text).substr(1, std::min(end, text.size()) - 1);
    port = end == text.npos ? "?" : std::string_view(text).substr(end + 1);
    if (port.starts_with(':') && port.size() > 1) {
      port.remove_prefix(1);
    } else if (!port.empty()) {
      port = "?";
    }
  } else if (std::ranges::count(text, ':') == 1) {
    host = host.substr(0, text.find(':'));
    port = std::string_view(text).substr(host.size() + 1);
    port = port.empty() ? "?" : port;
  } else if (!text.empty() && std::ranges::all_of(text, is_ascii_digit)) {
    host = address.host;
    port = text;
  }
  address.host = host == "localhost" ? "127.0.0.1" : std::string(host);
  const std::optional<std::uint16_t> number =
      port.empty() ? std::optional(address.port) : parse_port(port);
  if (!number || !socket_address(address.host, *number)) {
    throw usage_error(option + ": " + argument_text(text) +
                      " is not an address of this machine such as 127.0.0.1:8642, [::1]:8642 or "
                      "8642");
  }
  address.port = *number;
  return address;
}

bool ListenAddress::is_loopback() const { return host.starts_with("127.") || host == "::1"; }

bool ListenAddress::is_any() const {
  const std::optional<SocketAddress> address = socket_address(host, port);
  const std::optional<SocketAddress> four = socket_address("0.0.0.0", port);
  const std::optional<SocketAddress> six = socket_address("::", port);
  return std::memcmp(&address->storage, &four->storage, sizeof address->storage) == 0 ||
         std::memcmp(&address->storage, &six->storage, sizeof address->storage) == 0;
}

std::string ListenAddress::text() const {
  return (host.find(':') == host.npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

Listener listen_at(const ListenAddress& address) {
  std::optional<SocketAddress> where = socket_address(address.host, address.port);
  Listener listener;
  const auto check = [&](int result) {
    if (result < 0) {
      const int error = errno;
      if (listener.socket >= 0) {
        ::close(listener.socket);
      }
      throw Error("listen", cant_listen(address, error));
    }
  };
  const int on = 1;
  listener.socket = ::socket(where->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(listener.socket);
  check(::setsockopt(listener.socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
  check(::bind(listener.socket, where->get(), where->size));
  check(::listen(listener.socket, SOMAXCONN));
  check(::getsockname(listener.socket, where->get(), &where->size));
  listener.port = port_of(*where);
  return listener;
}

}  // namespace crier::cli
