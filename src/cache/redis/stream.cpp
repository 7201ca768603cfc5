// SPDX-License-Identifier: MIT
#include "cache/redis/stream.hpp"

#include "base/file_error.hpp"

#include <algorithm>
#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace crier::redis {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void not_reached(const std::string& why) { throw Lost("can't be reached: " + why); }

bool is_for_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

void connect_to(const Socket& socket, const sockaddr* address, socklen_t size, Time ends) {
  if (::connect(socket.fd(), address, size) == 0) {
    return;
  }
  // On a socket of this machine EAGAIN says that its queue is full: nothing tells when it is not.
  if (errno != EINPROGRESS && errno != EINTR) {
    not_reached(system_error_text(errno));
  }
  socket.wait(POLLOUT, ends);
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) {
    not_reached(system_error_text(error));
  }
}

Socket new_socket(int family) {
  Socket socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.fd() < 0) {
    not_reached(system_error_text(errno));
  }
  return socket;
}

Socket to_path(const std::string& path, Time ends) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    not_reached("the path of the socket is too long for this system");
  }
  path.copy(address.sun_path, path.size());
  Socket socket = new_socket(AF_UNIX);
  connect_to(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address, ends);
  return socket;
}

// Each of a host's addresses has an equal share of the time that is left: one that is silent must
// not take it all.
Socket to_host(const Address& to, Time ends) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int failed =
      ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &first);
  if (failed != 0) {
    not_reached("no address of its host is known: " + std::string(::gai_strerror(failed)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(first, ::freeaddrinfo);
  int left = 0;
  for (const addrinfo* one = first; one != nullptr; one = one->ai_next) {
    ++left;
  }
  for (const addrinfo* one = first;; one = one->ai_next, --left) {
    try {
      Socket socket = new_socket(one->ai_family);
      const Time now = Clock::now();
      connect_to(socket, one->ai_addr, one->ai_addrlen, now + (ends - now) / left);
      const int yes = 1;
      ::setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      ::setsockopt(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
      return socket;
    } catch (const Lost&) {
      if (one->ai_next == nullptr) {
        throw;
      }
    }
  }
}

class PlainStream final : public Stream {
 public:
  explicit PlainStream(Socket socket) : socket_(std::move(socket)) {}

  std::size_t read(char* into, std::size_t size) override {
    event_ = POLLIN;
    const ssize_t got = ::recv(socket_.fd(), into, size, 0);
    if (got == 0) {
      throw Lost("has closed the connection");
    }
    return moved(got);
  }
  std::size_t write(std::string_view bytes) override {
    event_ = POLLOUT;
    return moved(::send(socket_.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  void wait(Time ends) override { socket_.wait(event_, ends); }
  void wait_for_bytes(Time ends) override { socket_.wait(POLLIN, ends); }

 private:
  static std::size_t moved(ssize_t size) {
    if (size < 0 && !is_for_later(errno)) {
      throw Lost("has closed the connection: " + system_error_text(errno));
    }
    return size < 0 ? 0 : static_cast<std::size_t>(size);
  }

  const Socket socket_;
  short event_ = 0;
};

}  // namespace

Socket::Socket(const Address& address, Time ends)
    : Socket(address.host.empty() ? to_path(address.socket, ends) : to_host(address, ends)) {}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket::~Socket() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

void Socket::wait(short event, Time ends) const {
  constexpr std::int64_t kMost = 1'000'000;  // poll() counts in an int
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(ends - Clock::now()).count();
    pollfd waited{fd_, event, 0};
    const auto most = std::clamp<std::int64_t>(left, 0, kMost);
    if (::poll(&waited, 1, static_cast<int>(most)) > 0) {
      return;
    }
    if (left <= 0) {
      throw TimedOut();
    }
  }
}

std::unique_ptr<Stream> make_stream(Socket socket) {
  return std::make_unique<PlainStream>(std::move(socket));
}

}  // namespace crier::redis
