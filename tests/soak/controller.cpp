// SPDX-License-Identifier: MIT
#include "soak/controller.hpp"

#include <crier/error.hpp>

#include "soak/table.hpp"

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
      checker_(parts()),
      random_(settings_.seed) {
  connection_->schema().migrate();
  Table::create(url_);
  for (std::size_t i = 0; i < settings_.nodes; ++i) {
    Post node{"node-" + std::to_string(i + 1), "", i % 2 == 1, {}};
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
  while (!interrupted() && Clock::now() < now + settings_.duration) {
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
  verdict_.ledger = checker_.ledger();
  verdict_.findings = checker_.findings();
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
  checker_.began(post.name, post.durable);
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
    }
    if (post.start_at && now >= *post.start_at) {
      start(post);
      ++verdict_.restarts;
    }
    if (post.stop_by && !post.killed && now > *post.stop_by) {
      verdict_.stuck.insert(post.name + " (incarnation " + std::to_string(post.incarnation) +
                            ") did not stop");
      post.hand->signal(SIGKILL);
      post.killed = true;
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
  // After what was said of the rows: whatever a process can know of is there by now.
  if (!read_log()) {
    return;
  }
  for (Post& post : posts_) {
    judge(post);
  }
  for (Post* const post : over) {
    reap(*post);
  }
}

void Controller::hear(Post& post) {
  constexpr std::string_view kIntent = "intent ";
  post.hand->facts().read([&](std::string_view line) {
    if (line.starts_with(kIntent)) {
      post.intent = line.substr(kIntent.size());
    } else if (line == "calm") {
      post.calm = true;
    } else {
      if (line.starts_with("ack ")) {
        post.intent.clear();
      }
      post.came_to_be = post.came_to_be || line.starts_with("started ");
      post.audited = post.audited || line.starts_with("audit ");
      post.heard.emplace_back(line);
    }
  });
}

bool Controller::read_log() {
  try {
    for (;;) {
      const Page page = connection_->log().read_after(checker_.newest());
      for (const Entry& entry : page.entries) {
        checker_.row(entry);
      }
      if (page.entries.empty()) {
        return true;
      }
    }
  } catch (const Error& error) {
    if (server_ == nullptr || server_->is_up()) {
      std::cerr << error.what() << '\n';
    }
    return false;
  }
}

void Controller::judge(Post& post) {
  for (const std::string& line : post.heard) {
    checker_.said(post.name, line);
  }
  post.heard.clear();
}

void Controller::reap(Post& post) {
  const int code = *post.hand->exit_code();
  const bool asked = post.stop_by && code == 0;
  if (!asked && !post.killed) {
    verdict_.died.insert(post.name + " (incarnation " + std::to_string(post.incarnation) +
                         ") with code " + std::to_string(code));
  }
  checker_.ended(post.name);
  post.hand.reset();
  post.stop_by = post.resume_at = std::nullopt;
  if (!ending_ || !post.audited) {
    post.start_at = Clock::now() + random_.between(0ms, 500ms);
  }
}

void Controller::say_progress() {
  std::uint64_t acknowledged = 0;
  for (const auto& [kind, count] : checker_.ledger().acknowledged) {
    acknowledged += count;
  }
  std::uint64_t strikes = 0;
  for (const auto& [kind, count] : verdict_.strikes) {
    strikes += count;
  }
  std::cerr << std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began_).count()
            << " s: " << acknowledged << " acknowledged, log at " << checker_.newest().to_string()
            << ", " << strikes << " strikes, lost " << checker_.ledger().lost() << ", stuck "
            << verdict_.stuck.size() << std::endl;
}

}  // namespace crier::soak
