// SPDX-License-Identifier: MIT
#include "base/reporter.hpp"

#include "base/error_of.hpp"
#include "base/one_line.hpp"
#include "base/sentence.hpp"
#include "base/utf8.hpp"

#include <cstddef>
#include <iostream>
#include <sstream>
#include <utility>

namespace crier {

namespace {

// GUIDs come from rows that anyone may write: what is remembered of them is bounded.
constexpr std::size_t kMaxUnknown = 1000;

}  // namespace

Reporter::Reporter(std::shared_ptr<Observer> observer, LogSink log)
    : observer_(std::move(observer)), log_(std::move(log)) {}

template <class Call>
void Reporter::tell(Call call) const noexcept {
  if (observer_ == nullptr || muted_) {
    return;
  }
  try {
    const std::string error = error_of([&] { call(*observer_); });
    if (!error.empty()) {
      log(LogLevel::error, "an observer failed: " + error);
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left to say it
  }
}

void Reporter::published(EntryId last, std::size_t entries) {
  counts_.published += entries;
  for (std::size_t behind = entries; behind-- > 0;) {
    const EntryId id{last.value - static_cast<std::int64_t>(behind)};
    tell([id](Observer& observer) { observer.on_published(id); });
  }
}

void Reporter::entry_read(bool own) {
  ++counts_.entries;
  if (own) {
    ++counts_.own_skipped;
  }
}

void Reporter::applied(const Instruction& instruction, const Source& source) {
  ++counts_.applied;
  tell([&](Observer& observer) { observer.on_applied(instruction, source); });
}

void Reporter::failed(const Failure& failure) {
  ++counts_.failed;
  remember_error(sentence(failure));
  if (failure.kind != FailureKind::unknown_refresher) {
    log(LogLevel::error, sentence(failure));
  } else if (first_of_unknown(failure.refresher)) {
    log(LogLevel::warning, sentence(failure) + " (said once for each GUID)");
  }
  tell([&](Observer& observer) { observer.on_failure(failure); });
}

void Reporter::retrying(const Failure& failure) {
  ++counts_.retries;
  remember_error(sentence(failure));
  if (failure.attempts == 1) {
    log(LogLevel::warning, sentence(failure) + " (it is tried again)");
  }
  tell([&](Observer& observer) { observer.on_retry(failure); });
}

void Reporter::refresher_changed(const RefresherTrouble& trouble) {
  const bool unwell =
      trouble.state == RefresherState::stuck || trouble.state == RefresherState::stale;
  bool news = unwell;
  {
    const std::lock_guard lock(mutex_);
    if (unwell) {
      unwell_.insert(trouble.refresher);
    } else if (trouble.state == RefresherState::well) {
      news = unwell_.erase(trouble.refresher) > 0;
    }
  }
  if (news) {
    events_.push(trouble.state == RefresherState::stuck   ? "stuck"
                 : trouble.state == RefresherState::stale ? "failing"
                                                          : "well",
                 sentence(trouble));
  }
  // That it is tried again was said with what failed.
  const bool well =
      trouble.state == RefresherState::well || trouble.state == RefresherState::retrying;
  log(trouble.state == RefresherState::stuck ? LogLevel::error
      : well                                 ? LogLevel::info
                                             : LogLevel::warning,
      sentence(trouble));
  tell([&](Observer& observer) { observer.on_refresher_changed(trouble); });
}

void Reporter::missed(const Missed& missed, ResyncReason reason) {
  if (reason == ResyncReason::backlog) {
    events_.push("missed",
                 "entries after " + missed.after.to_string() + " through " +
                     missed.through.to_string() +
                     ": too many to be applied one by one; those whom they name are refreshed");
  }
  tell([&](Observer& observer) { observer.on_missed(missed, reason); });
}

void Reporter::resynced(const Resync& resync) {
  ++counts_.resyncs;
  ++resyncs_by_[static_cast<std::size_t>(resync.reason)];
  const LogLevel level =
      resync.reason == ResyncReason::first_start ? LogLevel::info : LogLevel::warning;
  events_.push("resync", "every refresher (" + std::string(to_string(resync.reason)) + "): " +
                             resync.detail + "; going on from entry " + resync.entry.to_string());
  log(level, "refreshed everything (" + std::string(to_string(resync.reason)) + "): " +
                 resync.detail + "; going on from entry " + std::to_string(resync.entry.value));
  tell([&](Observer& observer) { observer.on_resync(resync); });
}

void Reporter::paused(const std::string& how) {
  events_.push("paused", how);
  log(LogLevel::warning, "paused " + how);
}

void Reporter::resumed(const std::string& how) {
  events_.push("resumed", how);
  log(LogLevel::warning, "reads again after a pause: " + how);
}

void Reporter::polled() {
  ++counts_.polls;
  if (polls_failing_.exchange(false)) {
    log(LogLevel::warning, "polling works again");
    tell([](Observer& observer) { observer.on_poll_recovered(); });
  }
}

void Reporter::poll_failed(const std::string& what) {
  ++counts_.polls_failed;
  remember_error("polling failed: " + what);
  if (!polls_failing_.exchange(true)) {
    log(LogLevel::error, "polling failed and is tried again: " + what);
  }
  tell([&](Observer& observer) { observer.on_poll_failed(what); });
}

void Reporter::poller_replaced(const std::string& why) {
  ++counts_.replaced;
  log(LogLevel::error, "the poller was replaced by one on a new thread and connection: " + why);
  tell([&](Observer& observer) { observer.on_poller_replaced(why); });
}

void Reporter::storm(const std::string& what) {
  remember_error(what);
  log(LogLevel::error, what);
  tell([&](Observer& observer) { observer.on_storm(what); });
}

void Reporter::role_changed(Role from, Role to) {
  const auto leads = [](Role role) {
    return role == Role::single || role == Role::scheduling_publisher;
  };
  if (leads(to) && !leads(from)) {
    events_.push("lead", "it leads from now on");
  }
  log(LogLevel::info,
      "role " + std::string(to_string(to)) + ", was " + std::string(to_string(from)));
  tell([=](Observer& observer) { observer.on_role_changed(from, to); });
}

void Reporter::duty_done(std::string_view duty) {
  bool all_work = false;
  {
    const std::lock_guard lock(mutex_);
    const auto trouble = duty_troubles_.find(duty);
    if (trouble == duty_troubles_.end()) {
      return;
    }
    duty_troubles_.erase(trouble);
    all_work = duty_troubles_.empty();
  }
  log(LogLevel::warning, std::string(duty) + " works again");
  if (all_work) {
    tell([](Observer& observer) { observer.on_beat_recovered(); });
  }
}

void Reporter::duty_failed(std::string_view duty, const std::string& what) {
  ++counts_.beats_failed;
  const std::string name(duty);
  remember_error(name + " failed: " + what);
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    std::string& trouble = duty_troubles_[name];
    news = trouble != what;
    trouble = what;
  }
  if (news) {
    log(LogLevel::error, name + " failed and is tried again: " + what);
  }
  tell([&](Observer& observer) { observer.on_beat_failed(name + " failed: " + what); });
}

void Reporter::forget_duties() {
  const std::lock_guard lock(mutex_);
  duty_troubles_.clear();
}

std::vector<std::string> Reporter::duty_troubles(std::string_view but) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> sentences;
  for (const auto& [duty, what] : duty_troubles_) {
    if (duty != but) {
      sentences.push_back(duty + " failed and is tried again: " + what);
    }
  }
  return sentences;
}

void Reporter::pruned(const Pruned& pruned) {
  counts_.pruned += pruned.rows;
  if (pruned.rows != 0) {
    // A round may be of many chunks: the last one says how far.
    if (!pruned.more) {
      events_.push("pruned", "through entry " + pruned.through.to_string());
    }
    log(LogLevel::info, "pruned " + std::to_string(pruned.rows) + " entries, up to " +
                            std::to_string(pruned.through.value));
  }
}

void Reporter::wakeup_trouble(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (why == wakeup_trouble_) {
      return;
    }
    wakeup_trouble_ = why;
  }
  log(LogLevel::warning, why.empty() ? "woken at once again" : wakeup_trouble());
}

std::string Reporter::wakeup_trouble() const {
  const std::lock_guard lock(mutex_);
  return wakeup_trouble_.empty() ? "" : "not woken at once, only by polling: " + wakeup_trouble_;
}

void Reporter::log(LogLevel level, std::string_view text) const noexcept {
  try {
    if (muted_) {
      return;
    }
    if (log_) {
      log_(level, text);
    } else if (level >= LogLevel::warning) {
      // One write for a whole line: several threads and processes share stderr.
      std::ostringstream line;
      line << "crier: " << (level == LogLevel::error ? "error: " : "warning: ") << one_line(text)
           << '\n';
      std::cerr << line.str();
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): there is nowhere left to say it
  }
}

std::string Reporter::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

void Reporter::remember_error(const std::string& what) {
  const std::lock_guard lock(mutex_);
  // It stands in a row that is written with each beat.
  constexpr std::size_t kMaxBytes = 500;
  last_error_ = valid_text(what, kMaxBytes);
}

bool Reporter::first_of_unknown(const Guid& refresher) {
  const std::lock_guard lock(mutex_);
  return unknown_.size() < kMaxUnknown && unknown_.insert(refresher).second;
}

}  // namespace crier
