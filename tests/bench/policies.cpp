// SPDX-License-Identifier: MIT
// The policies that crier's is measured against, as plain as may be.
#include "bench/policies.hpp"

#include "simulation/random.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace crier::bench {

namespace {

using Key = std::uint32_t;

// Queues of keys, each of which is in one of them at the most.
class Queues {
 public:
  Queues(std::size_t keys, std::size_t queues)
      : keys_(keys), newer_(keys + queues), older_(keys + queues), sizes_(queues) {
    for (std::size_t i = keys; i < keys + queues; ++i) {
      newer_[i] = older_[i] = static_cast<Key>(i);
    }
  }
  [[nodiscard]] std::size_t size(std::size_t queue) const { return sizes_[queue]; }
  // REQUIRES: it is not empty.
  [[nodiscard]] Key oldest(std::size_t queue) const { return newer_[keys_ + queue]; }
  // After the newest comes the oldest.
  [[nodiscard]] Key after(Key key, std::size_t queue) const {
    return newer_[key] < keys_ ? newer_[key] : oldest(queue);
  }
  void add(std::size_t queue, Key key) {
    const auto end = static_cast<Key>(keys_ + queue);
    older_[key] = older_[end];
    newer_[key] = end;
    newer_[older_[key]] = older_[end] = key;
    ++sizes_[queue];
  }
  void remove(std::size_t queue, Key key) {
    newer_[older_[key]] = newer_[key];
    older_[newer_[key]] = older_[key];
    --sizes_[queue];
  }
  void move(std::size_t from, std::size_t to, Key key) {
    remove(from, key);
    add(to, key);
  }

 private:
  const std::size_t keys_;
  std::vector<Key> newer_;
  std::vector<Key> older_;
  std::vector<std::size_t> sizes_;
};

double percent(std::size_t hits, const Trace& trace) {
  return 100.0 * static_cast<double>(hits) / static_cast<double>(trace.keys.size());
}

// Counts of 4 bits in four rows; halved after ten uses for each entry.
class Sketch {
 public:
  explicit Sketch(std::size_t room)
      : rows_(std::bit_ceil(std::max<std::size_t>(room, 8)) * 4), period_(10 * room) {}
  [[nodiscard]] unsigned frequency(Key key) const {
    unsigned least = kMost;
    for (std::size_t row = 0; row < kRows; ++row) {
      least = std::min<unsigned>(least, counts_[at(row, key)]);
    }
    return least;
  }
  void add(Key key) {
    bool added = false;
    for (std::size_t row = 0; row < kRows; ++row) {
      std::uint8_t& count = counts_[at(row, key)];
      added = added || count < kMost;
      count = static_cast<std::uint8_t>(count + (count < kMost ? 1 : 0));
    }
    if (added && ++uses_ >= period_) {
      for (std::uint8_t& count : counts_) {
        count /= 2;
      }
      uses_ /= 2;
    }
  }

 private:
  static constexpr std::size_t kRows = 4;
  static constexpr unsigned kMost = 15;
  [[nodiscard]] std::size_t at(std::size_t row, Key key) const {
    return row * rows_ + test::Random(key * kRows + row).below(rows_);
  }

  const std::size_t rows_;  // the length of each
  const std::size_t period_;
  std::vector<std::uint8_t> counts_ = std::vector<std::uint8_t>(kRows * rows_);
  std::size_t uses_ = 0;
};

// Caffeine's: a window and a main part, which is on probation or protected, all LRU.
class WindowTinyLfu {
 public:
  WindowTinyLfu(std::size_t keys, std::size_t room)
      : room_(room), part_(keys, kOut), queues_(keys, 3), sketch_(room) {
    window_room_ = std::max<double>(1, static_cast<double>(room) / 100);
    step_ = kFirstStep * static_cast<double>(room);
  }

  bool get(Key key) {
    sketch_.add(key);
    const bool is_hit = part_[key] != kOut;
    ++(is_hit ? hits_ : misses_);
    if (is_hit) {
      move(key, part_[key] == kWindow ? kWindow : kProtected);
      demote();
    } else {
      part_[key] = kWindow;
      queues_.add(kWindow, key);
      evict();
    }
    climb();
    return is_hit;
  }

 private:
  enum Part : std::uint8_t { kWindow, kProbation, kProtected, kOut };
  static constexpr double kFirstStep = 0.0625;

  void move(Key key, Part to) {
    queues_.move(part_[key], to, key);
    part_[key] = to;
  }
  void remove(Key key) {
    queues_.remove(part_[key], key);
    part_[key] = kOut;
  }
  [[nodiscard]] std::size_t window_room() const { return static_cast<std::size_t>(window_room_); }
  void demote() {
    while (5 * queues_.size(kProtected) > 4 * (room_ - window_room())) {
      move(queues_.oldest(kProtected), kProbation);
    }
  }
  [[nodiscard]] bool is_over() const {
    return queues_.size(kWindow) + queues_.size(kProbation) + queues_.size(kProtected) > room_;
  }
  void evict() {
    if (queues_.size(kWindow) <= window_room()) {
      if (is_over()) {
        remove(queues_.oldest(queues_.size(kProbation) > 0   ? kProbation
                              : queues_.size(kProtected) > 0 ? kProtected
                                                             : kWindow));
      }
      return;
    }
    const Key candidate = queues_.oldest(kWindow);
    move(candidate, kProbation);
    if (!is_over()) {
      return;
    }
    Key victim = queues_.oldest(kProbation);
    if (victim == candidate && queues_.size(kProtected) > 0) {
      victim = queues_.oldest(kProtected);
    }
    const unsigned frequency = sketch_.frequency(candidate);
    const bool is_admitted = victim != candidate && (frequency > sketch_.frequency(victim) ||
                                                     (frequency >= 6 && random_.below(128) == 0));
    remove(is_admitted ? victim : candidate);
  }
  void climb() {
    if (hits_ + misses_ < 10 * room_) {
      return;
    }
    const double ratio = static_cast<double>(hits_) / static_cast<double>(hits_ + misses_);
    hits_ = misses_ = 0;
    if (const double before = std::exchange(ratio_, ratio); before >= 0) {
      const double by = ratio >= before ? step_ : -step_;
      step_ = std::abs(ratio - before) >= 0.05
                  ? std::copysign(kFirstStep * static_cast<double>(room_), by)
                  : 0.98 * by;
      window_room_ =
          std::clamp(window_room_ + by, 1.0, std::max(1.0, static_cast<double>(room_) - 1));
      demote();
      while (queues_.size(kWindow) > window_room()) {
        move(queues_.oldest(kWindow), kProbation);
      }
      const auto main = [&] { return queues_.size(kProbation) + queues_.size(kProtected); };
      while (main() > room_ - window_room()) {
        move(queues_.oldest(queues_.size(kProbation) > 0 ? kProbation : kProtected), kWindow);
      }
    }
  }

  const std::size_t room_;
  std::vector<Part> part_;
  Queues queues_;
  Sketch sketch_;
  double window_room_;
  double step_;
  double ratio_ = -1;  // of the last period
  std::size_t hits_ = 0;
  std::size_t misses_ = 0;
  test::Random random_{1};
};

}  // namespace

double lru(const Trace& trace, std::size_t room) {
  Queues queue(trace.distinct, 1);
  std::vector<bool> is_in(trace.distinct);
  std::size_t hits = 0;
  for (const Key key : trace.keys) {
    if (is_in[key]) {
      ++hits;
      queue.move(0, 0, key);
      continue;
    }
    if (queue.size(0) == room) {
      const Key victim = queue.oldest(0);
      is_in[victim] = false;
      queue.remove(0, victim);
    }
    is_in[key] = true;
    queue.add(0, key);
  }
  return percent(hits, trace);
}

double sieve(const Trace& trace, std::size_t room) {
  Queues queue(trace.distinct, 1);
  std::vector<bool> is_in(trace.distinct);
  std::vector<bool> visited(trace.distinct);
  std::size_t hits = 0;
  bool has_hand = false;
  Key hand = 0;
  for (const Key key : trace.keys) {
    if (is_in[key]) {
      ++hits;
      visited[key] = true;
      continue;
    }
    if (queue.size(0) == room) {
      Key victim = has_hand ? hand : queue.oldest(0);
      while (visited[victim]) {
        visited[victim] = false;
        victim = queue.after(victim, 0);
      }
      hand = queue.after(victim, 0);
      has_hand = hand != queue.oldest(0);
      is_in[victim] = false;
      queue.remove(0, victim);
    }
    is_in[key] = true;
    visited[key] = false;
    queue.add(0, key);
  }
  return percent(hits, trace);
}

double s3_fifo(const Trace& trace, std::size_t room) {
  enum : std::uint8_t { kSmall, kMain, kGhost, kOut };
  constexpr int kMost = 3;
  const std::size_t small_room = std::max<std::size_t>(room / 10, 1);
  const std::size_t main_room = room - small_room;
  Queues queues(trace.distinct, 3);
  std::vector<std::uint8_t> part(trace.distinct, kOut);
  std::vector<int> reads(trace.distinct);
  std::size_t hits = 0;
  const auto move = [&](Key key, std::uint8_t to) {
    queues.move(part[key], to, key);
    part[key] = to;
  };
  const auto remove = [&](Key key) {
    queues.remove(part[key], key);
    part[key] = kOut;
  };
  const auto evict_main = [&] {
    while (queues.size(kMain) > 0) {
      const Key key = queues.oldest(kMain);
      if (reads[key] == 0) {
        remove(key);
        return;
      }
      --reads[key];
      move(key, kMain);
    }
  };
  const auto evict_small = [&] {
    while (queues.size(kSmall) > 0) {
      const Key key = queues.oldest(kSmall);
      if (reads[key] > 1) {
        reads[key] = 0;
        move(key, kMain);
        if (queues.size(kMain) > main_room) {
          evict_main();
        }
        continue;
      }
      move(key, kGhost);
      if (queues.size(kGhost) > std::max<std::size_t>(main_room, 1)) {
        remove(queues.oldest(kGhost));
      }
      return;
    }
  };
  for (const Key key : trace.keys) {
    if (part[key] == kSmall || part[key] == kMain) {
      ++hits;
      reads[key] = std::min(reads[key] + 1, kMost);
      continue;
    }
    const bool was_here = part[key] == kGhost;
    if (was_here) {
      remove(key);
    }
    while (queues.size(kSmall) + queues.size(kMain) >= room) {
      queues.size(kSmall) >= small_room || queues.size(kMain) == 0 ? evict_small() : evict_main();
    }
    reads[key] = 0;
    part[key] = was_here ? kMain : kSmall;
    queues.add(part[key], key);
  }
  return percent(hits, trace);
}

double w_tiny_lfu(const Trace& trace, std::size_t room) {
  WindowTinyLfu cache(trace.distinct, room);
  return percent(static_cast<std::size_t>(
                     std::ranges::count_if(trace.keys, [&](Key key) { return cache.get(key); })),
                 trace);
}

double optimum(const Trace& trace, std::size_t room) {
  constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> next(trace.keys.size());  // when its key comes again
  std::vector<std::size_t> at(trace.distinct, kNever);
  for (std::size_t i = trace.keys.size(); i-- > 0;) {
    next[i] = std::exchange(at[trace.keys[i]], i);
  }
  std::set<std::pair<std::size_t, Key>> held;  // by when they come again
  std::vector<bool> is_in(trace.distinct);
  std::size_t hits = 0;
  for (std::size_t i = 0; i < trace.keys.size(); ++i) {
    const Key key = trace.keys[i];
    if (is_in[key]) {
      ++hits;
      held.erase({i, key});
    } else if (held.size() == room) {
      is_in[held.rbegin()->second] = false;
      held.erase(std::prev(held.end()));
    }
    is_in[key] = true;
    held.emplace(next[i], key);
  }
  return percent(hits, trace);
}

}  // namespace crier::bench
