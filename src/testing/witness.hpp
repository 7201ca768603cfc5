// SPDX-License-Identifier: MIT
#pragma once

#include <crier/observer.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::testing {

/// Keeps what a node reports, and passes it on to the application's observer.
class Witness final : public Observer {
 public:
  /// Both may be empty.
  Witness(std::shared_ptr<Observer> observer, LogSink log)
      : next_(observer ? std::move(observer) : std::make_shared<Observer>()),
        log_(std::move(log)) {}

  void log(LogLevel level, std::string_view text) {
    if (level >= LogLevel::warning) {
      const std::lock_guard lock(mutex_);
      messages_.emplace_back(text);
    }
    if (log_) {
      log_(level, text);
    }
  }
  [[nodiscard]] std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }
  [[nodiscard]] std::vector<Resync> resyncs() const {
    const std::lock_guard lock(mutex_);
    return resyncs_;
  }

  void on_resync(const Resync& resync) override {
    {
      const std::lock_guard lock(mutex_);
      resyncs_.push_back(resync);
    }
    next_->on_resync(resync);
  }
  void on_published(EntryId entry) override { next_->on_published(entry); }
  void on_applied(const Instruction& instruction, const Source& source) override {
    next_->on_applied(instruction, source);
  }
  void on_failure(const Failure& failure) override { next_->on_failure(failure); }
  void on_retry(const Failure& failure) override { next_->on_retry(failure); }
  void on_refresher_changed(const RefresherTrouble& trouble) override {
    next_->on_refresher_changed(trouble);
  }
  void on_missed(const Missed& missed, ResyncReason reason) override {
    next_->on_missed(missed, reason);
  }
  void on_poll_failed(const std::string& what) override { next_->on_poll_failed(what); }
  void on_poll_recovered() override { next_->on_poll_recovered(); }
  void on_poller_replaced(const std::string& why) override { next_->on_poller_replaced(why); }
  void on_storm(const std::string& what) override { next_->on_storm(what); }
  void on_role_changed(Role from, Role to) override { next_->on_role_changed(from, to); }
  void on_beat_failed(const std::string& what) override { next_->on_beat_failed(what); }
  void on_beat_recovered() override { next_->on_beat_recovered(); }

 private:
  const std::shared_ptr<Observer> next_;
  const LogSink log_;
  mutable std::mutex mutex_;
  std::vector<std::string> messages_;  // guarded by mutex_, as is the next
  std::vector<Resync> resyncs_;
};

}  // namespace crier::testing
