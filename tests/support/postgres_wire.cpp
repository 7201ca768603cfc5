// SPDX-License-Identifier: MIT
#include "support/postgres_wire.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crier::test {
namespace {

// The server's end; -1 where nobody is there.
int connect_to(const std::string& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder + "/.s.PGSQL.5432").copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Of what has arrived; empty at the end.
std::string take(int fd) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), 0);
  return size <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(size));
}

}  // namespace

PostgresWire::PostgresWire(std::string folder)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      folder_(std::move(folder)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, any, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, any, &size) != 0) {
    throw std::runtime_error("no free port on the loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

PostgresWire::~PostgresWire() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake();
  thread_.join();
  cut();
  close(listener_);
  close(event_);
}

std::string PostgresWire::url(const std::string& more) const {
  return "postgresql://crier@127.0.0.1:" + std::to_string(port_) + "/postgres?sslmode=disable" +
         more;
}

void PostgresWire::wake() const { eventfd_write(event_, 1); }

void PostgresWire::lead_to(std::string folder) {
  const std::lock_guard lock(mutex_);
  folder_ = std::move(folder);
}

void PostgresWire::hush() {
  const std::lock_guard lock(mutex_);
  hushed_ = true;
  wake();
}

void PostgresWire::speak() {
  const std::lock_guard lock(mutex_);
  hushed_ = false;
  wake();
}

void PostgresWire::close_pair(const Pair& pair) {
  close(pair.client);
  close(pair.server);
}

void PostgresWire::cut() {
  const std::lock_guard lock(mutex_);
  for (const Pair& pair : pairs_) {
    close_pair(pair);
  }
  pairs_.clear();
  wake();
}

void PostgresWire::watch_for(std::string text, bool then_cut) {
  const std::lock_guard lock(mutex_);
  watched_ = std::move(text);
  then_cut_ = then_cut;
  withheld_ = false;
}

void PostgresWire::cut_answer_to(std::string text) { watch_for(std::move(text), true); }

void PostgresWire::hush_answer_to(std::string text) { watch_for(std::move(text), false); }

bool PostgresWire::has_answer_been_withheld() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(20), [this] { return withheld_; });
}

void PostgresWire::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int server = connect_to(folder_);
  if (client >= 0 && server >= 0) {
    pairs_.push_back({client, server});
    return;
  }
  close(client);
  close(server);
}

bool PostgresWire::pass(Pair& pair, short client_events, short server_events) {
  if (server_events != 0) {
    const std::string bytes = take(pair.server);
    if (pair.is_watched) {
      withheld_ = true;
      pair.is_silent = !then_cut_;
      changed_.notify_all();
      return pair.is_silent;
    }
    if (bytes.empty() || !send_all(pair.client, bytes)) {
      return false;
    }
  }
  if (client_events != 0) {
    const std::string bytes = take(pair.client);
    if (!watched_.empty() && bytes.find(watched_) != std::string::npos) {
      watched_.clear();
      pair.is_watched = true;
    }
    if (bytes.empty() || !send_all(pair.server, bytes)) {
      return false;
    }
  }
  return true;
}

void PostgresWire::run() {
  for (;;) {
    std::vector<pollfd> ready{{event_, POLLIN, 0}};
    std::vector<Pair*> polled;
    std::unique_lock lock(mutex_);
    if (stop_) {
      return;
    }
    if (!hushed_) {
      ready.push_back({listener_, POLLIN, 0});
      for (Pair& pair : pairs_) {
        if (!pair.is_silent) {
          ready.push_back({pair.client, POLLIN, 0});
          ready.push_back({pair.server, POLLIN, 0});
          polled.push_back(&pair);
        }
      }
    }
    lock.unlock();
    ::poll(ready.data(), ready.size(), -1);
    lock.lock();
    eventfd_t ignored = 0;
    if (eventfd_read(event_, &ignored) == 0) {
      continue;  // something was said meanwhile: look anew
    }
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (!pass(*polled[i], ready[2 + 2 * i].revents, ready[3 + 2 * i].revents)) {
        close_pair(*polled[i]);
        pairs_.remove_if([&](const Pair& pair) { return &pair == polled[i]; });
      }
    }
    if (ready[1].revents != 0) {
      accept_one();
    }
  }
}

}  // namespace crier::test
