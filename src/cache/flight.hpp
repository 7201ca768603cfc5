// SPDX-License-Identifier: MIT
#pragma once

#include <crier/object_cache.hpp>

#include <atomic>
#include <exception>
#include <string_view>
#include <thread>

namespace crier {

// One load of one key, which other threads may wait for. The stamp is that of the key when it
// began: who comes when it is another one must not join.
class Flight {
 public:
  Flight(CacheStamp stamp, const CacheType& type) : stamp_(stamp), type_(type) {}
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

  [[nodiscard]] CacheStamp stamp() const noexcept { return stamp_; }
  [[nodiscard]] const CacheType& type() const noexcept { return type_; }

  // By the thread that made it, once.
  void finish(ObjectCache::Object object, std::exception_ptr error) noexcept;
  // By any other. Throws what the load threw, and crier::Error where the load's thread waits, if
  // only through others, for a load of this thread: none of them would ever return. REQUIRES: kept
  // alive by the caller.
  ObjectCache::Object wait(std::string_view key, std::string_view cache);

 private:
  class Waiting;

  const std::thread::id owner_ = std::this_thread::get_id();
  const CacheStamp stamp_;
  const CacheType& type_;
  std::atomic<bool> done_ = false;
  ObjectCache::Object object_;  // written before done_, as is the next
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
