// SPDX-License-Identifier: MIT
// What a hit in the cache of the process costs, against the map under a lock that an application
// would write by itself; and what an entry takes besides its value.
//   runtime_get_hit_*   AppCache with eviction and expiry on
//   runtime_with_hit_*  the same by with(), which counts no references
//   hot_get_hit_*       one key for all threads; hot_with_hit_*: by with()
//   region_get_hit_*    CachedRegion by ids, the same
//   hybrid_get_hit_*    HybridCache, against a CachedRegion by the same keys
//   runtime_entry_bytes what is allocated for an entry, less the value
#include <crier/app_caches.hpp>
#include <crier/cached_region.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/registry.hpp>

#include "bench/report.hpp"
#include "bench/turns.hpp"
#include "simulation/random.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <sched.h>
#include <shared_mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace {

std::atomic<std::size_t> allocated = 0;  // bytes that were asked for and not given back

// Each block bears its size in front.
constexpr std::size_t kHead = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t size) {
  void* const block = std::malloc(size + kHead);
  if (block == nullptr) {
    throw std::bad_alloc();
  }
  *static_cast<std::size_t*>(block) = size;
  allocated.fetch_add(size, std::memory_order_relaxed);
  return static_cast<char*>(block) + kHead;
}

void operator delete(void* pointer) noexcept {
  if (pointer != nullptr) {
    void* const block = static_cast<char*>(pointer) - kHead;
    allocated.fetch_sub(*static_cast<std::size_t*>(block), std::memory_order_relaxed);
    std::free(block);
  }
}

void operator delete(void* pointer, std::size_t) noexcept { operator delete(pointer); }

namespace crier::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kEntries = 10'000;
const CacheLimits kLimits{.max_entries = 2 * kEntries};
constexpr const char* kLockedMap = "unordered_map under shared_mutex";
const KeepFor kKeep{.absolute = 1h, .sliding = 10min};

std::string key_of(std::size_t i) { return "product:" + std::to_string(i); }

// What an application would write by itself.
template <class Key>
class LockedMap {
 public:
  [[nodiscard]] std::shared_ptr<const std::int64_t> get(const Key& key) const {
    const std::shared_lock lock(mutex_);
    const auto found = map_.find(key);
    return found == map_.end() ? nullptr : found->second;
  }
  void insert(const Key& key, std::int64_t value) {
    const std::unique_lock lock(mutex_);
    map_[key] = std::make_shared<const std::int64_t>(value);
  }

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<Key, std::shared_ptr<const std::int64_t>> map_;
};

// Keeps the calling thread on the nth of the processors it may use. Two threads that take turns on
// one do not contend, and say nothing of two that run at once.
void stay_on(std::size_t nth) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
    return;
  }
  for (std::size_t processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &allowed) && nth-- == 0) {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(processor, &one);
      sched_setaffinity(0, sizeof(one), &one);
    }
  }
}

// Of the calling thread.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// Of some threads that did the same at once.
struct Course {
  double hits_per_second;  // of all of them, by the CPU time of the slowest
  bool was_at_once;        // hardly interrupted, so that they have met each other
};

// Each gets the keys in an order of its own.
template <class Get>
Course course(int threads, int count, Get get) {
  struct Span {
    Clock::time_point begin;
    Clock::time_point end;
    double cpu;
  };
  std::vector<Span> spans(static_cast<std::size_t>(threads));
  std::barrier start(threads);
  std::atomic<std::int64_t> sum = 0;
  std::vector<std::jthread> running;
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      stay_on(static_cast<std::size_t>(t));
      test::Random random(static_cast<std::uint64_t>(t));
      std::vector<std::size_t> order(4096);
      for (std::size_t& i : order) {
        i = random.below(kEntries);
      }
      std::int64_t mine = 0;
      start.arrive_and_wait();
      const double cpu = cpu_seconds();
      const auto begin = Clock::now();
      for (int i = 0; i < count; ++i) {
        mine += get(order[static_cast<std::size_t>(i) % order.size()]);
      }
      spans[static_cast<std::size_t>(t)] = {begin, Clock::now(), cpu_seconds() - cpu};
      sum += mine;  // used: the work must not be optimised away
    });
  }
  running.clear();
  const auto begin = std::ranges::min(spans, {}, &Span::begin).begin;
  const auto end = std::ranges::max(spans, {}, &Span::end).end;
  const double passed = std::chrono::duration<double>(end - begin).count();
  const double slowest = std::ranges::max(spans, {}, &Span::cpu).cpu;
  return {threads * static_cast<double>(count) / slowest, slowest > 0.9 * passed};
}

// The first course that was not disturbed by what else the machine does.
template <class Get>
double hits(int threads, int count, int tries, Get get) {
  Course last = course(threads, count, get);
  for (int i = 1; i < tries && !last.was_at_once; ++i) {
    last = course(threads, count, get);
  }
  return last.hits_per_second;
}

// The hits of `ours(i)` against those of `peers(i)`, by one thread and by two.
template <class Ours, class Peers>
void compare_hits(const Report& report, const std::string& name, const char* peer_name, Ours ours,
                  Peers peers, std::optional<Aim> (*aim)(int threads)) {
  const int count = report.pick(100'000, 100'000, 1'000);
  const int tries = report.pick(300, 100, 1);
  for (const int threads : {1, 2}) {
    const Pair pair = in_turns(
        report.pick(101, 31, 1), [&] { return hits(threads, count, tries, ours); },
        [&] { return hits(threads, count, tries, peers); });
    report.compare(name + "_" + std::to_string(threads) + "_threads", pair, "hits/s", peer_name,
                   aim(threads));
  }
}

void runtime_hits(const Report& report) {
  AppCache ours("runtime", kLimits);
  LockedMap<std::string> peers;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kEntries; ++i) {
    keys.push_back(key_of(i));
    ours.insert<std::int64_t>(keys[i], 1, kKeep);
    peers.insert(keys[i], 1);
  }
  const auto theirs = [&](std::size_t i) { return *peers.get(keys[i]); };
  const auto get = [&](std::size_t i) { return *ours.get<std::int64_t>(keys[i]); };
  const auto with = [&](std::size_t i) {
    std::int64_t value = 0;
    ours.with<std::int64_t>(keys[i], [&](std::int64_t found) { value = found; });
    return value;
  };
  const auto hot = [](auto of) { return [of](std::size_t) { return of(7); }; };
  compare_hits(report, "runtime_get_hit", kLockedMap, get, theirs,
               [](int threads) { return std::optional(Aim::at_least(threads == 1 ? 0.9 : 1.5)); });
  compare_hits(report, "runtime_with_hit", kLockedMap, with, theirs,
               [](int threads) { return std::optional(Aim::at_least(threads == 1 ? 1.5 : 2.5)); });
  compare_hits(report, "hot_get_hit", kLockedMap, hot(get), hot(theirs),
               [](int) { return std::optional<Aim>(); });
  compare_hits(report, "hot_with_hit", kLockedMap, hot(with), hot(theirs), [](int threads) {
    return threads == 1 ? std::nullopt : std::optional(Aim::at_least(3));
  });
}

void region_get_hit(const Report& report) {
  CachedRegion<std::int64_t, std::int64_t> ours("region", {.limits = kLimits, .keep = kKeep});
  LockedMap<std::int64_t> peers;
  for (std::size_t i = 0; i < kEntries; ++i) {
    ours.insert(static_cast<std::int64_t>(i), 1, kKeep);
    peers.insert(static_cast<std::int64_t>(i), 1);
  }
  compare_hits(
      report, "region_get_hit", kLockedMap,
      [&](std::size_t i) { return *ours.get(static_cast<std::int64_t>(i), [] { return 0; }); },
      [&](std::size_t i) { return *peers.get(static_cast<std::int64_t>(i)); },
      [](int) { return std::optional<Aim>(); });
}

void hybrid_get_hit(const Report& report) {
  Registry refreshers;
  const HybridOptions options{.limits = kLimits, .keep = kKeep};
  HybridCache<std::int64_t> ours(refreshers, Guid::random(), "hybrid", nullptr, options);
  CachedRegion<std::string, std::int64_t> peers("region", {.limits = kLimits, .keep = kKeep});
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kEntries; ++i) {
    keys.push_back(key_of(i));
    ours.get(keys[i], [] { return 1; });
    peers.insert(keys[i], 1, kKeep);
  }
  compare_hits(
      report, "hybrid_get_hit", "CachedRegion",
      [&](std::size_t i) { return *ours.get(keys[i], [] { return 0; }); },
      [&](std::size_t i) { return *peers.get(keys[i], [] { return 0; }); },
      [](int) { return std::optional(Aim::at_least(0.9)); });
}

void runtime_entry_bytes(const Report& report) {
  const auto count = static_cast<std::size_t>(report.pick(1'000'000, 100'000, 1'000));
  const std::size_t before = allocated;
  AppCache cache("runtime", {.max_entries = count});
  for (std::size_t i = 0; i < count; ++i) {
    cache.insert<std::int64_t>(key_of(i), 1, kKeep);
  }
  const std::size_t each = (allocated - before) / count - sizeof(std::int64_t);
  report.value("runtime_entry_bytes", static_cast<double>(each), "bytes", Aim::at_most(160));
}

void measure(const Report& report) {
  const struct {
    const char* name;
    void (*measure)(const Report&);
  } parts[] = {{"runtime_", runtime_hits},
               {"region_get_hit", region_get_hit},
               {"hybrid_get_hit", hybrid_get_hit},
               {"runtime_entry_bytes", runtime_entry_bytes}};
  for (const auto& part : parts) {
    if (report.wants(part.name)) {
      part.measure(report);
    }
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
