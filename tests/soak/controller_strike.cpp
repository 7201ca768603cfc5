// SPDX-License-Identifier: MIT
#include "soak/controller.hpp"

#include <csignal>

namespace crier::soak {

using namespace std::chrono_literals;

void Controller::strike() {
  // As many numbers each time, whatever they are used for.
  constexpr std::size_t kOnProcesses = 10;
  constexpr std::size_t kOnDatabase = 4;
  constexpr std::size_t kOnServer = 4;
  const std::size_t who = random_.below(posts_.size());
  std::size_t how =
      random_.below(kOnProcesses + kOnDatabase + (server_ == nullptr ? 0 : kOnServer));
  const auto pause = random_.between(50ms, 2500ms);
  if (how < kOnProcesses) {
    return strike_process(who, how, pause);
  }
  how -= kOnProcesses;
  if (server_ != nullptr && !server_->is_up()) {
    return;
  }
  how < kOnDatabase ? strike_database(who, how, pause) : strike_server(how - kOnDatabase, pause);
}

void Controller::kill(Post& post) {
  post.hand->signal(SIGKILL);
  post.killed = true;
  recorder_->put({.kind = history::Kind::kill, .node = post.process()});
}

void Controller::strike_process(std::size_t who, std::size_t how, std::chrono::milliseconds pause) {
  for (std::size_t i = 0; i < posts_.size(); ++i) {
    Post& post = posts_[(who + i) % posts_.size()];
    if (!post.up()) {
      continue;
    }
    if (how < 6) {
      ++verdict_.strikes["SIGKILL"];
      kill(post);
    } else if (how < 8) {
      ++verdict_.strikes["SIGSTOP"];
      post.hand->signal(SIGSTOP);
      recorder_->put({.kind = history::Kind::pause, .node = post.process()});
      post.resume_at = Clock::now() + pause;
    } else {
      ++verdict_.strikes["SIGTERM"];
      stop(post);
    }
    return;
  }
}

void Controller::strike_server(std::size_t how, std::chrono::milliseconds pause) {
  if (how < 2) {
    ++verdict_.strikes["sessions cut"];
    server_->cut_sessions(static_cast<std::uint64_t>(pause.count()));
  } else if (how == 2) {
    ++verdict_.strikes["server stopped"];
    server_->end(SIGINT, pause);
  } else {
    ++verdict_.strikes["server killed"];
    server_->end(SIGKILL, pause);
  }
}

}  // namespace crier::soak
