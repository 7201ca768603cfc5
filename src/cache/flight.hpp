// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

namespace crier {

// One load of one key, which other threads may wait for. The stamp is that of the key when it
// began: who comes when it is another one must not join.
class Flight {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Who runs it: the thread that makes it, or the one that claims it first.
  enum class Runner : std::uint8_t { maker, claimer };

  Flight(CacheStamp stamp, const CacheType& type, std::int64_t begun, Runner runner)
      : runner_(runner == Runner::maker ? std::this_thread::get_id() : std::thread::id()),
        stamp_(stamp),
        type_(type),
        begun_(begun) {}
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

  [[nodiscard]] CacheStamp stamp() const noexcept { return stamp_; }
  [[nodiscard]] const CacheType& type() const noexcept { return type_; }
  // By the cache's clock.
  [[nodiscard]] std::int64_t begun() const noexcept { return begun_; }
  [[nodiscard]] Time made_at() const noexcept { return made_at_; }

  // Whether it is this thread's to run: nobody has run it, nor will.
  [[nodiscard]] bool claim() noexcept;
  // By the thread that runs it, once.
  void finish(ObjectCache::Object object, std::exception_ptr error) noexcept;
  // By any other: whether it ended by then. Throws crier::Error if the load's thread waits, if only
  // through others, for a load of this thread: none of them would ever return. REQUIRES: kept alive
  // by the caller.
  [[nodiscard]] bool wait(std::string_view key, std::string_view cache,
                          std::optional<Time> deadline = {});
  // What it has brought; throws what the load threw. REQUIRES: it has ended.
  [[nodiscard]] const ObjectCache::Object& result() const;

 private:
  class Waiting;

  std::atomic<std::thread::id> runner_;  // none: it is to be claimed
  const CacheStamp stamp_;
  const CacheType& type_;
  const std::int64_t begun_;
  const Time made_at_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable ended_;
  std::atomic<bool> done_ = false;  // set under mutex_
  ObjectCache::Object object_;      // written before done_, as is the next
  std::exception_ptr error_;
};

// The loads that this thread runs, one within the other. Throws crier::Error where it runs that of
// this key already.
class RunningLoad {
 public:
  // Throws crier::Error where this thread runs that of the key.
  static void refuse_own(const void* cache, std::string_view key, std::string_view text,
                         std::string_view cache_name);
  RunningLoad(const void* cache, std::string_view key, std::string_view text,
              std::string_view cache_name);
  ~RunningLoad();
  RunningLoad(const RunningLoad&) = delete;
  RunningLoad& operator=(const RunningLoad&) = delete;

 private:
  const void* const cache_;
  const std::string_view key_;
  RunningLoad* const outer_;
};

}  // namespace crier
