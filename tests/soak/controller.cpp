// SPDX-License-Identifier: MIT
#include "soak/controller.hpp"

#include <crier/error.hpp>

#include "soak/table.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <iostream>
#include <string_view>
#include <thread>
#include <utility>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenProgress = 10s;
constexpr auto kMostPatience = 2min;
constexpr std::uint64_t kFilesKept = 5;

// Beside the folder of this user, into which the server's may not look.
std::unique_ptr<Server> server_of(const Settings& settings) {
  return settings.postgres ? std::make_unique<Server>(settings.dir.string() + "-pg") : nullptr;
}

}  // namespace

Controller::Controller(Settings settings)
    : settings_(std::move(settings)),
      server_(server_of(settings_)),
      url_(server_ == nullptr ? "sqlite:" + (settings_.dir / "soak.db").string() : server_->url()),
      store_(open_store(url_)),
      connection_(store_->connect(Access::create)),
      recorder_(std::make_unique<history::Recorder>((settings_.dir / "controller.history").string(),
                                                    "controller")),
      random_(settings_.seed) {
  connection_->schema().migrate();
  Table::create(url_);
  recorder_->put({.kind = history::Kind::publish,
                  .node = "-",
                  .id = "first",
                  .first = 1,
                  .last = Table(url_).newest_version(),
                  .keys = {"items/*"}});
  for (std::size_t i = 0; i < settings_.nodes; ++i) {
    Post node{"node-" + std::to_string(i + 1), "", i % 2 == 1 && !settings_.restores, {}};
    if (i % 3 == 2) {
      node.arguments = {"--backlog", "20"};
    }
    if (i == 0 && !settings_.sabotage.empty()) {
      node.arguments = {"--sabotage", settings_.sabotage};
    }
    posts_.push_back(std::move(node));
  }
  constexpr std::array<const char*, 4> kKinds{"plain", "transaction", "sql", "plain"};
  for (std::size_t i = 0; i < settings_.writers; ++i) {
    posts_.push_back({"writer-" + std::to_string(i + 1), kKinds.at(i % kKinds.size()), false, {}});
  }
}

Verdict Controller::run(const std::function<bool()>& interrupted) {
  const auto now = Clock::now();
  began_ = now;
  for (Post& post : posts_) {
    start(post);
  }
  auto next_strike = now + settings_.kill_every;
  auto next_progress = now + kBetweenProgress;
  // On a machine under load it may take longer until there is anything to judge.
  const auto is_over = [&] {
    return Clock::now() >=
           now + settings_.duration + (sum(verdict_.acknowledged) == 0 ? kMostPatience : 0ms);
  };
  while (!interrupted() && !is_over()) {
    std::this_thread::sleep_for(kBetweenLooks);
    look();
    if (settings_.kill_every > 0ms && Clock::now() > next_strike) {
      next_strike += settings_.kill_every;
      strike();
    }
    if (Clock::now() > next_progress) {
      next_progress += kBetweenProgress;
      say_progress();
    }
  }
  finish();
  for (const Post& post : posts_) {
    if (post.is_node() && !post.came_to_be) {
      verdict_.absent.insert(post.name);
    }
  }
  judge_history();
  return std::move(verdict_);
}

void Controller::start(Post& post) {
  const auto path = [&](std::uint64_t incarnation) {
    return (settings_.dir / (post.name + '.' + std::to_string(incarnation) + ".facts")).string();
  };
  ++post.incarnation;
  if (post.incarnation > kFilesKept) {
    std::filesystem::remove(path(post.incarnation - kFilesKept));
  }
  post.calm = post.audited = post.killed = false;
  post.start_at = post.resume_at = post.stop_by = std::nullopt;
  std::vector<std::string> arguments{"process",
                                     "--name",
                                     post.name,
                                     "--dir",
                                     settings_.dir.string(),
                                     "--store",
                                     url_,
                                     "--incarnation",
                                     std::to_string(post.incarnation),
                                     "--seed",
                                     std::to_string(random_.next() >> 16)};
  if (post.durable) {
    arguments.push_back("--durable");
  }
  if (!post.kind.empty()) {
    arguments.insert(arguments.end(), {"--kind", post.kind});
  }
  if (!post.intent.empty()) {
    arguments.insert(arguments.end(), {"--redo", post.intent});
  }
  if (!settings_.faults) {
    arguments.push_back("--no-faults");
  }
  arguments.insert(arguments.end(), post.arguments.begin(), post.arguments.end());
  post.hand = std::make_unique<Hand>(std::move(arguments), path(post.incarnation),
                                     (settings_.dir / (post.name + ".log")).string());
  if (ending_) {
    post.hand->order("calm");
  }
}

void Controller::look() {
  if (server_ != nullptr) {
    server_->look();
  }
  const auto now = Clock::now();
  for (Post& post : posts_) {
    if (post.resume_at && now >= *post.resume_at) {
      post.hand->signal(SIGCONT);
      post.resume_at.reset();
      recorder_->put({.kind = history::Kind::resume, .node = post.process()});
    }
    if (post.start_at && now >= *post.start_at) {
      start(post);
      ++verdict_.restarts;
    }
    if (post.stop_by && !post.killed && now > *post.stop_by) {
      verdict_.stuck.insert(post.name + " (incarnation " + std::to_string(post.incarnation) +
                            ") did not stop");
      kill(post);
    }
  }
  std::vector<Post*> over;
  for (Post& post : posts_) {
    if (post.hand == nullptr) {
      continue;
    }
    if (post.hand->exit_code()) {
      over.push_back(&post);
    }
    hear(post);
  }
  look_at_log();
  for (Post* const post : over) {
    reap(*post);
  }
}

void Controller::hear(Post& post) {
  post.hand->facts().read([&](std::string_view line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view verb = line.substr(0, end);
    const std::string rest(line.substr(std::min(end + 1, line.size())));
    if (verb == "intent") {
      post.intent = rest;
    } else if (verb == "ack") {
      post.intent.clear();
      ++verdict_.acknowledged[rest];
    } else if (verb == "started") {
      post.came_to_be = true;
      post.originated = rest;
    } else if (verb == "calm") {
      post.calm = true;
    } else if (verb == "told") {
      ++verdict_.told[rest];
    } else if (verb == "audit") {
      post.audited = true;
      if (!rest.empty()) {
        verdict_.stale.insert(post.name + ": " + rest);
      }
    }
  });
}

void Controller::look_at_log() {
  try {
    newest_ = connection_->log().newest().id;
  } catch (const Error& error) {
    if (server_ == nullptr || server_->is_up()) {
      std::cerr << error.what() << '\n';
    }
  }
}

void Controller::reap(Post& post) {
  const int code = *post.hand->exit_code();
  // By the signal itself, if it was too young to wait for that.
  const bool asked = post.stop_by && (code == 0 || code == 128 + SIGTERM);
  if (!asked && !post.killed) {
    verdict_.died.insert(post.name + " (incarnation " + std::to_string(post.incarnation) +
                         ") with code " + std::to_string(code));
  }
  post.hand.reset();
  post.stop_by = post.resume_at = std::nullopt;
  if (!ending_ || !post.audited) {
    post.start_at = Clock::now() + random_.between(0ms, 500ms);
  }
}

void Controller::say_progress() {
  std::cerr << std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began_).count()
            << " s: " << sum(verdict_.acknowledged) << " acknowledged, log at "
            << newest_.to_string() << ", " << sum(verdict_.strikes) << " strikes, stuck "
            << verdict_.stuck.size() << std::endl;
}

}  // namespace crier::soak
