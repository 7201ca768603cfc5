// SPDX-License-Identifier: MIT
// The two levels together: what a HybridCache costs where its own half has no value.
//   hybrid_shared_hit  the shared half has it, against the shared cache alone, and in Redis
//                      against the one round trip that it can't do without
//   hybrid_hot_miss    nobody has it, and eight threads ask at once: how often the factory ran
#include "bench/hybrid.hpp"

#include <crier/hybrid_cache.hpp>
#include <crier/node.hpp>
#include <crier/options.hpp>
#include <crier/registry.hpp>

#include "bench/redis_peer.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace crier::bench {

namespace {

constexpr int kPageCount = 1000;
constexpr Guid kPages = Guid::parse("3d1c8f0a-52a4-4f0e-9c3b-6f5d2b7a8e19").value();

std::string key_of(int i) { return std::to_string(1'000'000 + i % kPageCount); }

// What stands there costs no more to understand than what the peers read.
HybridCodec<std::string> as_they_are() {
  return {.encode = [](const std::string& value) { return value; },
          .decode = [](std::string_view bytes) { return std::string(bytes); }};
}

// A node whose own half holds one value, so that each of its reads asks the shared half, which
// holds all; it may be elsewhere.
struct Pages {
  explicit Pages(const std::string& elsewhere = {})
      : shared(open_shared_cache(elsewhere.empty() ? shop.url() : elsewhere)),
        cache(refreshers, kPages, "pages", shared, {.limits = {.max_entries = 1}}, as_they_are()) {
    Options options;
    options.store = shop.url();
    options.node_name = "pages";
    options.log = [](LogLevel, std::string_view) {};
    node = std::make_unique<Node>(options, refreshers);
    node->start();
    for (int i = 0; i < kPageCount; ++i) {
      cache.get(key_of(i), [&] { return value; });
    }
  }

  [[nodiscard]] double gets(int count) {
    return rate(count, 1, [&](int i) {
      const auto page = cache.get(key_of(i), []() -> std::string {
        throw std::runtime_error("the shared half has not what was stored there");
      });
      if (page->size() != value.size()) {
        throw std::runtime_error("a value is not the one that was made");
      }
    });
  }

  const Shop shop;
  const std::string value = std::string(200, 'x');
  const std::shared_ptr<SharedCache> shared;
  Registry refreshers;
  HybridCache<std::string> cache;
  std::unique_ptr<Node> node;
};

void in_sqlite(const Report& report) {
  Pages pages;
  for (int i = 0; i < kPageCount; ++i) {
    pages.shared->set(key_of(i), pages.value);
  }
  const int count = report.pick(20'000, 5'000, 5);
  const Pair pair = in_turns(
      report.pick(21, 11, 1), [&] { return pages.gets(count); },
      [&] {
        return rate(count, 1, [&](int i) {
          if (pages.shared->get(key_of(i))->size() != pages.value.size()) {
            throw std::runtime_error("a value is not the one that was set");
          }
        });
      });
  report.compare("hybrid_shared_hit", pair, "/s", "SharedCache::get", Aim::at_least(0.8));
}

void in_redis(const Report& report) {
  std::string why_not;
  const auto redis = redis_peer(why_not);
  if (redis == nullptr) {
    std::fprintf(stderr, "hybrid_shared_hit_redis: left out: %s\n", why_not.c_str());
    return;
  }
  Pages pages(redis->url());
  pages.shared->set("product", pages.value);
  const int count = report.pick(20'000, 5'000, 5);
  const Pair pair = in_turns(
      report.pick(21, 11, 1), [&] { return pages.gets(count); },
      [&] {
        return rate(count, 1, [&](int) {
          if (redis->get_entry("product").size() != pages.value.size()) {
            throw std::runtime_error("a value is not the one that was set");
          }
        });
      });
  report.compare("hybrid_shared_hit_redis", pair, "/s", "a bare HMGET through hiredis",
                 Aim::at_least(0.9));
}

}  // namespace

void hybrid_shared_hit(const Report& report) {
  in_sqlite(report);
  in_redis(report);
}

// Of some keys, the one for which it ran most often.
void hybrid_hot_miss(const Report& report) {
  constexpr int kThreads = 8;
  Pages pages;
  int most = 0;
  for (int n = report.pick(100, 50, 1); n > 0; --n) {
    const std::string key = "hot" + std::to_string(n);
    std::atomic<int> runs = 0;
    std::barrier start(kThreads);
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        pages.cache.get(key, [&] {
          ++runs;
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
          return pages.value;
        });
      });
    }
    threads.clear();
    most = std::max(most, runs.load());
  }
  report.value("hybrid_hot_miss", most, "runs", Aim::at_most(1));
}

}  // namespace crier::bench
