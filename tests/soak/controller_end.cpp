// SPDX-License-Identifier: MIT
#include <crier/admin/wait.hpp>
#include <crier/error.hpp>

#include "soak/controller.hpp"

#include <algorithm>
#include <csignal>
#include <iostream>
#include <thread>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 60s;       // for all nodes to come to the end of the log
constexpr auto kAuditPatience = 70s;  // longer than a node's own
constexpr auto kStopPatience = 15s;   // Options::stop_deadline, and some seconds for the database

}  // namespace

void Controller::stop(Post& post) {
  post.hand->signal(SIGTERM);
  post.hand->signal(SIGCONT);
  post.resume_at.reset();
  post.stop_by = Clock::now() + kStopPatience;
}

void Controller::wait_for(const std::string& what, std::chrono::seconds deadline,
                          const std::function<bool(const Post&)>& holds) {
  const auto end = Clock::now() + deadline;
  while (!std::ranges::all_of(posts_, holds) && Clock::now() < end) {
    std::this_thread::sleep_for(kBetweenLooks);
    look();
  }
  for (const Post& post : posts_) {
    if (!holds(post)) {
      verdict_.stuck.insert(post.name + " (incarnation " + std::to_string(post.incarnation) +
                            ") did not " + what);
    }
  }
}

void Controller::finish() {
  ending_ = true;
  for (Post& post : posts_) {
    if (post.up()) {
      post.hand->order("calm");
    }
  }
  while (server_ != nullptr && !server_->is_up()) {
    std::this_thread::sleep_for(kBetweenLooks);
    look();
  }
  wait_for("calm down", kPatience, [](const Post& post) { return post.calm && post.up(); });
  look();
  const EntryId last = newest_;
  std::cerr << "no more faults; waiting until all nodes are at entry " << last.to_string() << '\n';
  try {
    const WaitResult everywhere = crier::wait_everywhere(
        *connection_, last, {.timeout = kPatience, .name = {}, .on_look = {}});
    for (const NodeRecord& node : everywhere.waiting) {
      verdict_.stuck.insert(node.name + " is at entry " + node.position.to_string());
    }
  } catch (const Error& error) {
    verdict_.stuck.insert("waiting: " + std::string(error.what()));
  }
  for (const Post& post : posts_) {
    if (post.up()) {
      post.hand->order("audit " + last.to_string());
    }
  }
  wait_for("come to the end", kAuditPatience,
           [](const Post& post) { return !post.is_node() || post.audited; });
  for (Post& post : posts_) {
    post.audited = true;  // no more starts
    if (post.up()) {
      stop(post);
    }
  }
  wait_for("stop", kStopPatience + 5s, [](const Post& post) { return post.hand == nullptr; });
}

}  // namespace crier::soak
