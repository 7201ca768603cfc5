// SPDX-License-Identifier: MIT
#pragma once

#include "base/coarse_clock.hpp"
#include "base/duration.hpp"
#include "base/local_wakeup.hpp"
#include "base/worker.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier {

// How many items a Pool has, and for how long.
struct PoolLimits {
  std::size_t most = 8;  // at the same time; at least 1
  // An item that nobody has used for so long is closed, half as much later at the latest; kKept:
  // none is, and there is no thread for that.
  std::chrono::milliseconds idle = std::chrono::minutes(1);
  static constexpr std::chrono::milliseconds kKept = std::chrono::hours(24 * 366);
};

// For an error: nothing came free in time. `what`: "session of x".
[[nodiscard]] inline std::string none_came_free(const std::string& what, const PoolLimits& limits,
                                                std::chrono::milliseconds waited,
                                                const std::string& advice) {
  return "no " + what + " came free in " + duration_text(waited) + ", of " +
         std::to_string(limits.most) + ": " + advice;
}

// Items of which each is used by one thread at a time, made when they are needed and kept for
// whoever comes next. Thread-safe. Loans must have ended before it goes.
template <class Item>
class Pool {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // An item that its holder alone uses. It is closed when the loan ends, unless it was kept.
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<Item> item) : pool_(&pool), item_(std::move(item)) {}
    Loan(Loan&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)),
          item_(std::move(other.item_)),
          used_before_(other.used_before_),
          kept_(other.kept_) {}
    ~Loan() {
      if (pool_ != nullptr) {
        pool_->end(std::move(item_), kept_);
      }
    }
    Loan& operator=(Loan&&) = delete;

    [[nodiscard]] Item& operator*() const { return *item_; }
    [[nodiscard]] Item* operator->() const { return item_.get(); }
    // False: it was made for this loan.
    [[nodiscard]] bool used_before() const { return used_before_; }
    // Closes it, and takes what `make` returns in its place. Throws what that throws.
    template <class Make>
    void renew(Make make) {
      item_.reset();
      item_ = make();
    }
    // It is sound: whoever comes next may have it.
    void keep() { kept_ = true; }

   private:
    friend class Pool;

    Pool* pool_;
    std::unique_ptr<Item> item_;
    bool used_before_ = true;
    bool kept_ = false;
  };

  explicit Pool(const PoolLimits& limits) : limits_(limits) { idle_.reserve(limits.most); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Lends an idle item or what `make` returns; while all are lent, waits until `deadline` for one
  // to come back. Nothing if none did. Throws what `make` throws.
  template <class Make>
  [[nodiscard]] std::optional<Loan> take(Time deadline, Make make) {
    std::unique_lock lock(mutex_);
    if (!is_any_free()) {
      ++waiting_;
      const bool free = beds_->freed.wait_until(lock, deadline, [this] { return is_any_free(); });
      --waiting_;
      if (!free) {
        return std::nullopt;
      }
    }
    if (!idle_.empty()) {
      std::optional<Loan> loan(std::in_place, *this, std::move(idle_.back().item));
      idle_.pop_back();  // the one that was used last
      return loan;
    }
    ++open_;
    lock.unlock();
    std::optional<Loan> loan(std::in_place, *this, nullptr);
    loan->used_before_ = false;
    loan->item_ = make();
    return loan;
  }

  // Closes those that nobody has used for as long as that takes.
  void close_idle(Time now) {
    std::vector<std::unique_ptr<Item>> closed;
    closed.reserve(limits_.most);
    std::unique_lock lock(mutex_);
    auto end = idle_.begin();  // the longest idle come first
    for (; end != idle_.end() && now - end->since >= limits_.idle; ++end) {
      closed.push_back(std::move(end->item));
    }
    idle_.erase(idle_.begin(), end);
    lock.unlock();
    close(closed);
  }
  // Closes all that nobody uses now.
  void drop_idle() { close_idle(Time::max()); }

  // In a child of fork() they are the parent's: nobody closes them there.
  void abandon() noexcept {
    for (Idle& idle : idle_) {
      static_cast<void>(idle.item.release());  // NOLINT(bugprone-unused-return-value)
    }
    static_cast<void>(closer_.release());  // NOLINT(bugprone-unused-return-value)
    static_cast<void>(beds_.release());    // NOLINT(bugprone-unused-return-value)
  }

 private:
  struct Idle {
    std::unique_ptr<Item> item;
    Time since;
  };

  // What threads sleep on. In a child of fork() they sleep for ever, and nobody could destroy it.
  struct Beds {
    std::condition_variable freed;
    LocalWakeup closer_bell;
  };

  [[nodiscard]] bool is_any_free() const { return !idle_.empty() || open_ < limits_.most; }

  void end(std::unique_ptr<Item> item, bool kept) {
    if (!kept) {
      item.reset();  // before its place is free: there are never more than the most
    }
    std::unique_lock lock(mutex_);
    if (kept) {
      idle_.push_back({std::move(item), coarse_now()});
      start_closer();
    } else {
      --open_;
    }
    const bool wanted = waiting_ != 0;
    lock.unlock();
    if (wanted) {
      beds_->freed.notify_one();
    }
  }

  void close(std::vector<std::unique_ptr<Item>>& items) {
    const std::size_t count = items.size();
    items.clear();
    const std::lock_guard lock(mutex_);
    open_ -= count;
    beds_->freed.notify_all();
  }

  // Nobody may call again: idle items need a thread of their own to be closed by.
  void start_closer() {
    if (closer_ != nullptr || limits_.idle == PoolLimits::kKept) {
      return;
    }
    try {
      const WorkerPace pace{.period = std::max(limits_.idle / 2, std::chrono::milliseconds(1))};
      closer_ = std::make_unique<Worker>(pace, beds_->closer_bell, [this](const std::stop_token&) {
        try {
          close_idle(std::chrono::steady_clock::now());
        } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): later
        }
        return true;
      });
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): tried with the next loan
    }
  }

  const PoolLimits limits_;
  std::mutex mutex_;
  std::unique_ptr<Beds> beds_ = std::make_unique<Beds>();
  std::vector<Idle> idle_;          // guarded by mutex_, as are the next
  std::size_t open_ = 0;            // lent or idle
  std::size_t waiting_ = 0;         // callers
  std::unique_ptr<Worker> closer_;  // guarded by mutex_; last, since its thread uses the others
};

}  // namespace crier
