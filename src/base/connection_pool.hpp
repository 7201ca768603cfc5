// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/coarse_clock.hpp"
#include "base/pool.hpp"
#include "base/short_deadline.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace crier {

// A store's connections for callers on any threads: each call has one to itself. Thread-safe.
class ConnectionPool {
 public:
  struct Settings {
    Access access = Access::read_write;
    PoolLimits limits;
    // For the error of a call that found none free: "session of x", and what to do about it.
    std::string what;
    std::string advice;
  };
  // What a call may do a second time, if the first failed.
  enum class Repeats {
    nothing,     // unless the database was replaced: then nothing was done
    everything,  // on a new connection: the one that was kept may have died meanwhile
  };

  ConnectionPool(std::shared_ptr<Store> store, Settings settings)
      : store_(std::move(store)), settings_(std::move(settings)), pool_(limits()) {}

  // Runs `body` with a connection, and returns what that returns. To wait for a connection and to
  // run takes no longer than the store's deadline in all. Throws crier::Error: retryable if no
  // connection came free.
  template <class Body>
  std::invoke_result_t<Body, Connection&> run(const char* operation, Body body,
                                              Repeats repeats = Repeats::nothing) {
    const Time begin = coarse_now();
    for (bool again = false;; again = true) {
      Time got;
      auto loan = take(operation, begin, got);
      try {
        // A call that had to wait for its connection has no more than the rest of its time.
        const auto waited = std::chrono::floor<std::chrono::milliseconds>(got - begin);
        std::optional<ShortDeadline> hurry;
        if (waited >= kAtOnce) {
          hurry.emplace(*loan, deadline() - waited);
        }
        if constexpr (std::is_void_v<std::invoke_result_t<Body, Connection&>>) {
          body(*loan);
          loan.keep();
          return;
        } else {
          auto result = body(*loan);
          loan.keep();
          return result;
        }
      } catch (const Error& error) {
        const bool repeat = !again && (error.replaced() || (repeats == Repeats::everything &&
                                                            is_worth_another(error, loan, begin)));
        // Of any other that failed nobody knows what state it is in.
        if (!repeat && (error.retryable() || error.invalid_argument())) {
          loan.keep();
        }
        if (!repeat) {
          throw;
        }
      }
      pool_.drop_idle();  // they have the same file open, or lie idle for as long
    }
  }

  // See Pool.
  void drop_idle() { pool_.drop_idle(); }
  void abandon() noexcept { pool_.abandon(); }

 private:
  [[nodiscard]] PoolLimits limits() const {
    PoolLimits limits = settings_.limits;
    limits.idle = store_->closes_idle() ? limits.idle : PoolLimits::kKept;
    return limits;
  }
  using Time = std::chrono::steady_clock::time_point;
  using Loan = Pool<Connection>::Loan;

  // What came so soon was not waited for.
  static constexpr std::chrono::milliseconds kAtOnce{10};

  // `got`: when there was one, or none needed to be waited for. To open it may take longer.
  [[nodiscard]] Loan take(const char* operation, Time begin, Time& got) {
    auto loan = pool_.take(begin + deadline(), [&] {
      got = coarse_now();
      auto connection = store_->connect(settings_.access);
      deadline_ = connection->deadline();
      return connection;
    });
    if (!loan) {
      throw Error(operation,
                  none_came_free(settings_.what, settings_.limits, deadline(), settings_.advice),
                  Error::Kind::retryable);
    }
    if (loan->used_before()) {
      got = coarse_now();
    }
    return std::move(*loan);
  }

  [[nodiscard]] bool is_worth_another(const Error& error, const Loan& loan, Time begin) const {
    return loan.used_before() && !error.invalid_argument() && coarse_now() - begin < deadline();
  }

  // Of the store's calls; until a connection has said it, what most stores have.
  [[nodiscard]] std::chrono::milliseconds deadline() const { return deadline_; }

  const std::shared_ptr<Store> store_;
  const Settings settings_;
  std::atomic<std::chrono::milliseconds> deadline_ = std::chrono::milliseconds(5000);
  Pool<Connection> pool_;
};

}  // namespace crier
