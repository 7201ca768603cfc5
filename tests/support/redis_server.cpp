// SPDX-License-Identifier: MIT
#include "support/redis_server.hpp"

#include "support/eventually.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <netinet/in.h>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace crier::test {

namespace {

constexpr const char* kLoopback = "127.0.0.1";

// Empty where there is none.
std::string on_the_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string file = std::string(rest.substr(0, end)) + "/" + program;
    if (access(file.c_str(), X_OK) == 0) {
      return file;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, kLoopback, &address.sin_addr);
  return address;
}

// Leaves it to be waited for.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

}  // namespace

std::unique_ptr<RedisServer> RedisServer::start(std::string& why_not,
                                                const std::vector<std::string>& more) {
  const std::string program = on_the_path("redis-server");
  if (program.empty()) {
    why_not = "there is no redis-server on the PATH (Debian: redis-server)";
    return nullptr;
  }
  std::unique_ptr<RedisServer> server(new RedisServer(program, more));
  constexpr int kMostTries = 5;
  for (int tries = 1; !server->answers(); ++tries) {
    if (tries == kMostTries || !has_ended(server->process_->pid())) {
      why_not = program + " was started and does not answer";
      return nullptr;
    }
    server->port_ = free_port();
    server->run();
  }
  return server;
}

RedisServer::RedisServer(std::string program, std::vector<std::string> more)
    : program_(std::move(program)), more_(std::move(more)), port_(free_port()) {
  run();
}

// The system's choice; somebody else may take it before we do, and then the server ends.
int RedisServer::free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool bound = bind(fd, any, size) == 0 && getsockname(fd, any, &size) == 0;
  close(fd);
  if (!bound) {
    throw std::runtime_error("no free port on the loopback");
  }
  return ntohs(address.sin_port);
}

std::string RedisServer::url() const {
  return "redis://" + std::string(kLoopback) + ":" + std::to_string(port_);
}

void RedisServer::signal(int signal) { ::kill(process_->pid(), signal); }

bool RedisServer::restart() {
  process_.reset();
  // Somebody else may have the port for a moment.
  constexpr int kMostTries = 5;
  for (int tries = 0; tries < kMostTries; ++tries) {
    run();
    if (answers()) {
      return true;
    }
    if (!has_ended(process_->pid())) {
      return false;
    }
  }
  return false;
}

void RedisServer::run() {
  std::vector<std::string> words{program_,       "--port",    std::to_string(port_),
                                 "--bind",       kLoopback,   "--unixsocket",
                                 socket(),       "--save",    "",
                                 "--appendonly", "no",        "--dir",
                                 dir_.path(),    "--logfile", dir_ / "redis.log"};
  words.insert(words.end(), more_.begin(), more_.end());
  process_ = std::make_unique<Forked>([words = std::move(words)]() mutable {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::vector<char*> arguments;
    for (std::string& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    execv(arguments[0], arguments.data());
    return 127;
  });
}

// By its own socket, which it makes once it has its port: at the port another one may answer.
// Whatever it says: a PING may not be allowed before AUTH.
bool RedisServer::answers() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket().copy(address.sun_path, sizeof address.sun_path - 1);
  bool answered = false;
  static_cast<void>(eventually([&] {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char byte = 0;
    answered = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
               send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6 && recv(fd, &byte, 1, 0) == 1;
    close(fd);
    return answered || has_ended(process_->pid());
  }));
  return answered;
}

}  // namespace crier::test
