// SPDX-License-Identifier: MIT
#include "cache/flight.hpp"

#include <crier/error.hpp>

#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace crier {

namespace {

thread_local RunningLoad* innermost_load = nullptr;

[[noreturn]] void refuse(std::string_view key, std::string_view cache, const char* how) {
  throw Error("load", "loading key " + std::string(key) + " of cache " + std::string(cache) +
                          " waits for itself " + how);
}

// Which flight each thread waits for, in all caches of the process. Only who waits comes here.
std::mutex waits_mutex;
std::unordered_map<std::thread::id, const Flight*> waits;  // guarded by waits_mutex

}  // namespace

// Enters this thread's wait, unless it closes a ring.
class Flight::Waiting {
 public:
  Waiting(const Flight& flight, std::string_view key, std::string_view cache) {
    const std::lock_guard lock(waits_mutex);
    for (const Flight* next = &flight; !next->done_;) {
      const std::thread::id runner = next->runner_;
      if (runner == self_) {
        refuse(key, cache, "through loads on other threads that wait for this one");
      }
      const auto found = waits.find(runner);
      if (found == waits.end()) {
        break;
      }
      next = found->second;
    }
    waits.emplace(self_, &flight);
  }
  ~Waiting() {
    const std::lock_guard lock(waits_mutex);
    waits.erase(self_);
  }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  const std::thread::id self_ = std::this_thread::get_id();
};

bool Flight::claim() noexcept {
  std::thread::id nobody;
  return runner_.compare_exchange_strong(nobody, std::this_thread::get_id());
}

void Flight::finish(ObjectCache::Object object, std::exception_ptr error) noexcept {
  object_ = std::move(object);
  error_ = std::move(error);
  const std::lock_guard lock(mutex_);
  done_.store(true, std::memory_order_release);
  ended_.notify_all();
}

bool Flight::wait(std::string_view key, std::string_view cache, std::optional<Time> deadline) {
  if (done_.load(std::memory_order_acquire)) {
    return true;
  }
  const Waiting waiting(*this, key, cache);
  std::unique_lock lock(mutex_);
  const auto is_done = [&] { return done_.load(); };
  if (deadline) {
    return ended_.wait_until(lock, *deadline, is_done);
  }
  ended_.wait(lock, is_done);
  return true;
}

const ObjectCache::Object& Flight::result() const {
  if (error_ != nullptr) {
    std::rethrow_exception(error_);
  }
  return object_;
}

RunningLoad::RunningLoad(const void* cache, std::string_view key, std::string_view text,
                         std::string_view cache_name)
    : cache_(cache), key_(key), outer_(innermost_load) {
  refuse_own(cache, key, text, cache_name);
  innermost_load = this;
}

void RunningLoad::refuse_own(const void* cache, std::string_view key, std::string_view text,
                             std::string_view cache_name) {
  for (const RunningLoad* load = innermost_load; load != nullptr; load = load->outer_) {
    if (load->cache_ == cache && load->key_ == key) {
      refuse(text, cache_name, "on one thread: its loader gets the same key");
    }
  }
}

RunningLoad::~RunningLoad() { innermost_load = outer_; }

}  // namespace crier
