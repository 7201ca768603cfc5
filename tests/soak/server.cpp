// SPDX-License-Identifier: MIT
#include "soak/server.hpp"

#include "support/files.hpp"

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace crier::soak {

namespace {

constexpr int kNoServer = 77;

pid_t begin(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), test::source_file("script/with-postgres"));
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    words.push_back(argument.data());
  }
  words.push_back(nullptr);
  pid_t pid = -1;
  if (const int error = posix_spawn(&pid, words[0], nullptr, nullptr, words.data(), environ)) {
    throw std::system_error(error, std::generic_category(), words[0]);
  }
  return pid;
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// To its end.
int run(std::vector<std::string> arguments) {
  const pid_t pid = begin(std::move(arguments));
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_code_of(status);
}

}  // namespace

Server::Server(std::string folder) : folder_(std::move(folder)) {
  const int code = run({"--start", folder_, "--for", std::to_string(getpid())});
  if (code == kNoServer) {
    throw NoServer();
  }
  if (code != 0) {
    throw std::runtime_error("the server did not start");
  }
  sql_ = Sql::open(url());
}

Server::~Server() {
  try {
    run({"--stop", folder_});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
}

std::string Server::url() const { return "postgresql://crier@/crier?host=" + folder_; }

void Server::end(int signal, std::chrono::milliseconds pause) {
  pid_t pid = -1;
  std::ifstream(folder_ + "/data/postmaster.pid") >> pid;
  if (pid <= 1 || kill(pid, signal) != 0) {
    throw std::runtime_error("the server is not there");
  }
  sql_ = Sql::open(url());  // its session is over
  resume_at_ = std::chrono::steady_clock::now() + pause;
}

void Server::end(std::chrono::milliseconds pause,
                 std::function<void(const std::string& data)> meanwhile) {
  end(SIGINT, pause);
  meanwhile_ = std::move(meanwhile);
}

void Server::cut_sessions(std::uint64_t chance) {
  try {
    sql_->rows(
        "SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
        "ORDER BY md5(pid || '" +
        std::to_string(chance) + "') LIMIT " + std::to_string(1 + chance % 10));
  } catch (const std::runtime_error& error) {
    std::cerr << "cutting sessions: " << error.what() << '\n';
  }
}

void Server::look() {
  if (resume_at_ && std::chrono::steady_clock::now() >= *resume_at_) {
    if (meanwhile_ && std::filesystem::exists(folder_ + "/data/postmaster.pid")) {
      return;  // on its way down yet
    }
    if (meanwhile_) {
      std::exchange(meanwhile_, nullptr)(folder_ + "/data");
    }
    resuming_ = begin({"--resume", folder_});
    resume_at_.reset();
  }
  int status = 0;
  if (resuming_ > 0 && waitpid(resuming_, &status, WNOHANG) == resuming_) {
    resuming_ = -1;
    if (exit_code_of(status) != 0) {
      throw std::runtime_error("the server did not come back");
    }
  }
}

}  // namespace crier::soak
