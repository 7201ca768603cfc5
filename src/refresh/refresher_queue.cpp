// SPDX-License-Identifier: MIT
#include "refresh/refresher_queue.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace crier {

namespace {

using Duration = RefresherQueue::Time::duration;

constexpr std::chrono::milliseconds kFirstRefreshDelay{1000};
constexpr int kGrowth = 4;

// `first`, times `growth` for each step, up to `most`; around that by a quarter of it.
Duration delay(Duration first, int growth, int steps, Duration most, double jitter) {
  Duration length = std::min(first, most);
  for (int i = 0; i < steps && length < most; ++i) {
    length = std::min(length * growth, most);
  }
  return std::chrono::duration_cast<Duration>(length * (0.75 + jitter / 2));
}

std::size_t size_of(const Waiting& waiting) {
  return waiting.instruction.payload.size() + waiting.instruction.ids.size() * sizeof(std::int64_t);
}

}  // namespace

RefresherState RefresherQueue::state() const {
  if (hung_ > 0) {
    return RefresherState::stuck;
  }
  if (refreshes_failed_ > 0) {
    return RefresherState::stale;
  }
  return error_.empty() ? RefresherState::well : RefresherState::retrying;
}

std::optional<Cursor> RefresherQueue::position_limit() const {
  std::optional<Cursor> least;
  const auto look_at = [&](const Waiting& waiting) {
    if (!least || waiting.position_limit.id < least->id) {
      least = waiting.position_limit;
    }
  };
  if (hung_ > 0) {
    look_at(hanging_);
  }
  if (busy_ && busy_->kind != Job::Kind::notice) {
    look_at(busy_->waiting);
  }
  if (refresh_) {
    look_at(*refresh_);
  }
  if (!queue_.empty()) {
    look_at(queue_.front());
  }
  return least;
}

void RefresherQueue::move_position_limit(const Cursor& cursor) {
  hanging_.position_limit = cursor;
  if (busy_) {
    busy_->waiting.position_limit = cursor;
  }
  if (refresh_) {
    refresh_->position_limit = cursor;
  }
  for (Waiting& waiting : queue_) {
    waiting.position_limit = cursor;
  }
}

EntryId RefresherQueue::entry() const {
  if (hung_ > 0) {
    return hanging_.entry;
  }
  if (busy_) {
    return busy_->waiting.entry;
  }
  if (refresh_) {
    return refresh_->entry;
  }
  return queue_.empty() ? EntryId() : queue_.front().entry;
}

std::optional<RefresherQueue::Time> RefresherQueue::due() const {
  if (busy_) {
    return std::nullopt;
  }
  if (notice_) {
    return Time::min();
  }
  if (hung_ > 0) {
    return std::nullopt;
  }
  if (refresh_) {
    return next_refresh_;
  }
  return queue_.empty() ? std::nullopt : std::optional(next_try_);
}

void RefresherQueue::put(Waiting waiting, Time now) {
  if (queue_.empty()) {
    next_try_ = now;
    bytes_ = 0;
  }
  bytes_ += size_of(waiting);
  if (refresh_ || hung_ > 0 || queue_.size() >= kMaxWaiting || bytes_ > kMaxBytes) {
    absorb(std::move(waiting), now);
    return;
  }
  queue_.push_back(std::move(waiting));
}

void RefresherQueue::refresh(Waiting refresh, Time now) {
  absorb(std::move(refresh), now);
  next_refresh_ = now;  // whatever has failed before: there is a new reason
  asked_ = true;
}

// The first that a full refresh stands for is the one before which the position stops.
void RefresherQueue::absorb(Waiting waiting, Time now) {
  if (!refresh_) {
    next_refresh_ = now;
    const bool queued_first =
        !queue_.empty() && queue_.front().position_limit.id < waiting.position_limit.id;
    const bool for_stale = waiting.for_stale;
    refresh_ = queued_first ? std::move(queue_.front()) : std::move(waiting);
    refresh_->for_stale = for_stale;
  } else {
    refresh_->for_stale |= waiting.for_stale;
    if (waiting.position_limit.id < refresh_->position_limit.id) {
      refresh_->position_limit = waiting.position_limit;
    }
    if (waiting.chain.size() > refresh_->chain.size()) {
      refresh_->chain = std::move(waiting.chain);
    }
  }
  queue_.clear();
}

Job RefresherQueue::take() {
  Job job;
  if (notice_) {
    job.kind = Job::Kind::notice;
    job.notice = std::exchange(notice_, nullptr);
  } else if (refresh_) {
    job.waiting = *std::exchange(refresh_, std::nullopt);
    asked_ = false;
  } else {
    job.kind = Job::Kind::instruction;
    job.waiting = std::move(queue_.front());
    queue_.pop_front();
  }
  busy_ = job;
  return job;
}

RefresherQueue::Outcome RefresherQueue::done(const std::string& error, const RetryPolicy& policy,
                                             double jitter, Time now) {
  Job job = *std::exchange(busy_, std::nullopt);
  if (job.kind == Job::Kind::notice) {
    forget_error();
    return Outcome::well;
  }
  error_ = error;
  if (job.kind == Job::Kind::full_refresh) {
    return refresh_ended(std::move(job.waiting), error.empty(), policy, jitter, now);
  }
  if (!error.empty()) {
    return try_again(std::move(job.waiting), policy, jitter, now);
  }
  next_try_ = now;
  return Outcome::well;
}

RefresherQueue::Outcome RefresherQueue::refresh_ended(Waiting refresh, bool well,
                                                      const RetryPolicy& policy, double jitter,
                                                      Time now) {
  if (well) {
    refreshes_failed_ = 0;
    return Outcome::well;
  }
  absorb(std::move(refresh), now);
  ++refreshes_failed_;
  attempts_ = refreshes_failed_;
  if (!asked_) {
    next_refresh_ =
        now + delay(kFirstRefreshDelay, 2, refreshes_failed_ - 1, policy.longest_delay, jitter);
  }
  return Outcome::again;
}

RefresherQueue::Outcome RefresherQueue::failed(Waiting waiting, const std::string& error,
                                               const RetryPolicy& policy, double jitter, Time now) {
  error_ = error;
  if (is_open()) {
    return try_again(std::move(waiting), policy, jitter, now);
  }
  attempts_ = 1;
  waiting.tries = 1;
  waiting.first_failure = now;
  put(std::move(waiting), now);
  return Outcome::again;
}

RefresherQueue::Outcome RefresherQueue::try_again(Waiting failed, const RetryPolicy& policy,
                                                  double jitter, Time now) {
  if (failed.tries == 0) {
    failed.first_failure = now;
  }
  attempts_ = ++failed.tries;
  const Time last = failed.first_failure + policy.give_up_after;
  if (refresh_ || failed.tries > policy.retries || now >= last) {
    refresh(std::move(failed), now);
    return Outcome::given_up;
  }
  next_try_ = std::min(
      now + delay(policy.first_delay, kGrowth, failed.tries - 1, policy.give_up_after, jitter),
      last);
  queue_.push_front(std::move(failed));
  return Outcome::again;
}

void RefresherQueue::returned() {
  --hung_;
  forget_error();
}

void RefresherQueue::forget_error() {
  if (is_open()) {
    error_.clear();  // nothing has come meanwhile
  }
}

void RefresherQueue::hang(Waiting call, Time now) {
  if (hung_++ == 0 || call.position_limit.id < hanging_.position_limit.id) {
    hanging_ = std::move(call);
  }
  error_ = "it did not return in time";
  if (!queue_.empty()) {
    absorb(queue_.front(), now);
  }
}

}  // namespace crier
