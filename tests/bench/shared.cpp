// SPDX-License-Identifier: MIT
// The shared cache: what it costs above the statements it runs, and against Redis.
#include <crier/shared_cache.hpp>

#include "bench/bare_cache.hpp"
#include "bench/hybrid.hpp"
#include "bench/redis_peer.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::bench {

namespace {

using namespace std::chrono_literals;

constexpr int kEntries = 1000;

std::vector<std::string> keys() {
  std::vector<std::string> all;
  for (int i = 0; i < kEntries; ++i) {
    all.push_back("product/" + std::to_string(1'000'000 + i));
  }
  return all;
}

// A shop whose shared cache is full of small values; the cache may be elsewhere.
struct Filled {
  explicit Filled(const SharedExpiry& expiry, const std::string& elsewhere = {})
      : cache(open_shared_cache(elsewhere.empty() ? shop.url() : elsewhere)) {
    for (const std::string& key : all) {
      cache->set(key, value, expiry);
    }
  }
  [[nodiscard]] const std::string& key(int i) const {
    return all[static_cast<std::size_t>(i) % kEntries];
  }

  const Shop shop;
  const std::vector<std::string> all = keys();
  const std::string value = std::string(200, 'x');
  const std::unique_ptr<SharedCache> cache;
};

void require(bool holds) {
  if (!holds) {
    throw std::runtime_error("a value is not the one that was set");
  }
}

double gets(const Filled& filled, int count) {
  return rate(count, 1, [&](int i) {
    const std::optional<std::string> value = filled.cache->get(filled.key(i));
    require(value && value->size() == filled.value.size());
  });
}

void shared_get(const Report& report, const char* name, const SharedExpiry& expiry,
                std::optional<Aim> aim) {
  const Filled filled(expiry);
  BareCache bare(filled.shop.path());
  const int count = report.pick(20'000, 10'000, 5);
  const Pair pair = in_turns(
      report.pick(21, 11, 1), [&] { return gets(filled, count); },
      [&] {
        return rate(count, 1, [&](int i) {
          std::string value;
          require(bare.get(filled.key(i), value) && value.size() == filled.value.size());
        });
      });
  report.compare(name, pair, "/s", "a bare prepared SELECT", aim);
}

void shared_set(const Report& report) {
  const Filled ours({.after = 1h});
  const Filled theirs({.after = 1h});
  BareCache bare(theirs.shop.path());
  const int count = report.pick(5'000, 2'000, 5);
  const Pair pair = in_turns(
      report.pick(21, 11, 1),
      [&] {
        return rate(count, 1,
                    [&](int i) { ours.cache->set(ours.key(i), ours.value, {.after = 1h}); });
      },
      [&] { return rate(count, 1, [&](int i) { bare.set(theirs.key(i), theirs.value); }); });
  report.compare("shared_set", pair, "/s", "a bare prepared upsert", Aim::at_least(0.8));
}

// Nothing, and why, if there is none.
std::unique_ptr<RedisPeer> redis_for(const char* name) {
  std::string why_not;
  auto redis = redis_peer(why_not);
  if (redis == nullptr) {
    std::fprintf(stderr, "%s: left out: %s\n", name, why_not.c_str());
  }
  return redis;
}

// What the cache in Redis costs beside the one round trip that it can't do without.
void shared_in_redis(const Report& report, const char* name, const SharedExpiry& expiry) {
  const auto redis = redis_for(name);
  if (redis == nullptr) {
    return;
  }
  const Filled filled(expiry, redis->url());
  gets(filled, kEntries);  // renews what is due for it
  const int count = report.pick(20'000, 5'000, 5);
  const Pair pair = in_turns(
      report.pick(21, 11, 1), [&] { return gets(filled, count); },
      [&] {
        return rate(count, 1, [&](int i) {
          require(redis->get_entry(filled.key(i)).size() == filled.value.size());
        });
      });
  report.compare(name, pair, "/s", "a bare HMGET through hiredis", Aim::at_least(0.9));
}

void shared_get_redis(const Report& report) {
  const auto redis = redis_for("shared_get_redis");
  if (redis == nullptr) {
    return;
  }
  const Filled filled({.after = 1h});
  for (const std::string& key : filled.all) {
    redis->set(key, filled.value);
  }
  const int count = report.pick(20'000, 5'000, 5);
  const Pair pair = in_turns(
      report.pick(11, 7, 1), [&] { return gets(filled, count); },
      [&] {
        return rate(count, 1, [&](int i) {
          require(redis->get(filled.key(i)).size() == filled.value.size());
        });
      });
  report.compare("shared_get_redis", pair, "/s", "Redis GET through hiredis", Aim::at_least(3));
}

void measure(const Report& report) {
  if (report.wants("shared_get")) {
    shared_get(report, "shared_get", {.after = 1h}, Aim::at_least(0.8));
    shared_get(report, "shared_get_sliding", {.sliding = 20min}, {});
  }
  if (report.wants("shared_set")) {
    shared_set(report);
  }
  if (report.wants("shared_get_redis")) {
    shared_get_redis(report);
  }
  if (report.wants("hybrid_shared_hit")) {
    hybrid_shared_hit(report);
  }
  if (report.wants("hybrid_hot_miss")) {
    hybrid_hot_miss(report);
  }
  if (report.wants("shared_in_redis")) {
    shared_in_redis(report, "shared_in_redis", {.after = 1h});
    shared_in_redis(report, "shared_in_redis_sliding", {.sliding = 20min});
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
