// SPDX-License-Identifier: MIT
#include "base/reporter.hpp"

#include "base/one_line.hpp"
#include "base/utf8.hpp"

#include <iostream>
#include <sstream>
#include <utility>

namespace crier {

namespace {

// GUIDs come from rows that anyone may write: what is remembered of them is bounded.
constexpr std::size_t kMaxUnknown = 1000;

std::string sentence(const Failure& failure) {
  std::ostringstream text;
  if (failure.source.entry.value != 0) {
    text << "entry " << failure.source.entry.value << ": ";
  }
  if (!failure.refresher.empty()) {
    text << "refresher " << failure.refresher.to_string();
    if (!failure.name.empty()) {
      text << " (" << failure.name << ")";
    }
    text << ": ";
  }
  text << failure.what;
  return text.str();
}

}  // namespace

std::string sentence(const RefresherTrouble& trouble) {
  std::string text = trouble.refresher.empty()
                         ? "the fallback"
                         : "refresher " + trouble.refresher.to_string() +
                               (trouble.name.empty() ? "" : " (" + trouble.name + ")");
  const std::string entry =
      trouble.entry.value == 0 ? "" : " of entry " + trouble.entry.to_string();
  switch (trouble.state) {
    case RefresherState::well:
      return text + " is well again";
    case RefresherState::retrying:
      return text + " failed at an instruction" + entry + ", which is tried again: " + trouble.what;
    case RefresherState::stale:
      return text + " is stale: its full refresh fails and is tried again: " + trouble.what;
    case RefresherState::stuck:
      return text + " is stuck: it has not returned from an instruction" + entry;
  }
  return text;
}

Reporter::Reporter(std::shared_ptr<Observer> observer, LogSink log)
    : observer_(std::move(observer)), log_(std::move(log)) {}

template <class Call>
void Reporter::tell(Call call) const noexcept {
  if (observer_ == nullptr || muted_) {
    return;
  }
  try {
    call(*observer_);
  } catch (const std::exception& error) {
    log(LogLevel::error, std::string("an observer threw: ") + error.what());
  } catch (...) {
    log(LogLevel::error, "an observer threw what is not a std::exception");
  }
}

void Reporter::published(EntryId last, std::size_t entries) {
  counts_.published += entries;
  for (std::size_t behind = entries; behind-- > 0;) {
    const EntryId id{last.value - static_cast<std::int64_t>(behind)};
    tell([id](Observer& observer) { observer.on_published(id); });
  }
}

[[gnu::hot]] void Reporter::entry_read(bool own) {
  ++counts_.entries;
  if (own) {
    ++counts_.own_skipped;
  }
}

[[gnu::hot]] void Reporter::applied(const Instruction& instruction, const Source& source) {
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
  tell([&](Observer& observer) { observer.on_missed(missed, reason); });
}

void Reporter::resynced(const Resync& resync) {
  ++counts_.resyncs;
  const LogLevel level =
      resync.reason == ResyncReason::first_start ? LogLevel::info : LogLevel::warning;
  log(level, "refreshed everything (" + std::string(to_string(resync.reason)) + "): " +
                 resync.detail + "; going on from entry " + std::to_string(resync.entry.value));
  tell([&](Observer& observer) { observer.on_resync(resync); });
}

[[gnu::hot]] void Reporter::polled() {
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

void Reporter::role_changed(Role from, Role to) {
  log(LogLevel::info,
      "role " + std::string(to_string(to)) + ", was " + std::string(to_string(from)));
  tell([=](Observer& observer) { observer.on_role_changed(from, to); });
}

void Reporter::beaten() {
  ++counts_.beats;
  {
    const std::lock_guard lock(mutex_);
    if (beat_trouble_.empty()) {
      return;
    }
    beat_trouble_.clear();
  }
  log(LogLevel::warning, "beats work again");
  tell([](Observer& observer) { observer.on_beat_recovered(); });
}

void Reporter::beat_failed(const std::string& what) {
  ++counts_.beats_failed;
  remember_error("a beat failed: " + what);
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    news = beat_trouble_ != what;
    beat_trouble_ = what;
  }
  if (news) {
    log(LogLevel::error, "a beat failed and is tried again: " + what);
  }
  tell([&](Observer& observer) { observer.on_beat_failed(what); });
}

void Reporter::pruned(const Pruned& pruned) {
  counts_.pruned += pruned.rows;
  if (pruned.rows != 0) {
    log(LogLevel::info, "pruned " + std::to_string(pruned.rows) + " entries, up to " +
                            std::to_string(pruned.through.value));
  }
}

[[gnu::hot]] void Reporter::wakeup_trouble(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (why == wakeup_trouble_) {
      return;
    }
    wakeup_trouble_ = why;
  }
  log(LogLevel::warning,
      why.empty() ? "woken at once again" : "not woken at once, only by polling: " + why);
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

Counters Reporter::counters() const noexcept {
  return {.published = counts_.published,
          .entries = counts_.entries,
          .own_skipped = counts_.own_skipped,
          .applied = counts_.applied,
          .failed = counts_.failed,
          .retries = counts_.retries,
          .stuck = counts_.stuck,
          .replaced = counts_.replaced,
          .resyncs = counts_.resyncs,
          .polls = counts_.polls,
          .polls_failed = counts_.polls_failed,
          .beats = counts_.beats,
          .beats_failed = counts_.beats_failed,
          .pruned = counts_.pruned};
}

std::string Reporter::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

void Reporter::remember_error(const std::string& what) {
  const std::lock_guard lock(mutex_);
  // It stands in a row that is written with each beat.
  constexpr std::size_t kMaxBytes = 500;
  last_error_ = cut_utf8(what, kMaxBytes);
}

bool Reporter::first_of_unknown(const Guid& refresher) {
  const std::lock_guard lock(mutex_);
  return unknown_.size() < kMaxUnknown && unknown_.insert(refresher).second;
}

}  // namespace crier
