// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>

#include "support/gate.hpp"
#include "unit/later.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace crier::test {

/// Where values come from: "load 1", "load 2" and so on, or an error while it is down. Its clock
/// stands until it is told otherwise.
struct FailingSource {
  using Region = CachedRegion<std::int64_t, std::string>;

  std::atomic<std::int64_t> ms = 0;
  std::atomic<int> loads = 0;
  std::atomic<bool> is_down = false;
  std::vector<std::string> told;  // by on_failed_load; of one thread at a time
  Later later;
  std::function<void()> while_loading = [] {};
  bool has_executor = false;

  RegionOptions<std::int64_t, std::string> options(const KeepFor& keep) {
    RegionOptions<std::int64_t, std::string> options{.keep = keep};
    options.clock = [this] { return std::chrono::milliseconds(ms.load()); };
    options.on_failed_load = [this](const std::string& key, const std::exception_ptr& error) {
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& what) {
        told.push_back(key + ": " + what.what());
      }
    };
    if (has_executor) {
      options.executor = [this](std::function<void()> task) { later.add(std::move(task)); };
    }
    return options;
  }
  std::string load() {
    const int number = ++loads;
    const std::function<void()> meanwhile = while_loading;  // which may replace it
    meanwhile();
    if (is_down) {
      throw std::runtime_error("down");
    }
    return "load " + std::to_string(number);
  }
  /// What it gives, or throws.
  std::string get(Region& region, std::int64_t id = 1, std::optional<KeepFor> keep = {}) {
    try {
      const auto value = keep ? region.get(
                                    id, [this] { return load(); }, *keep)
                              : region.get(id, [this] { return load(); });
      return value == nullptr ? "nothing" : *value;
    } catch (const std::exception& error) {
      return std::string("error: ") + error.what();
    }
  }
};

/// A load on a thread of its own that hangs until it is let go.
class HeldGet {
 public:
  HeldGet(FailingSource& source, FailingSource::Region& region) : source_(source) {
    source.while_loading = [this] { gate_.pass(); };
    result_ = std::async(std::launch::async, [&] { return source.get(region); });
  }
  [[nodiscard]] bool has_begun() { return gate_.wait_until_entered(); }
  std::string let_go() {
    gate_.open();
    std::string result = result_.get();
    source_.while_loading = [] {};
    return result;
  }

 private:
  FailingSource& source_;
  Gate gate_;
  std::future<std::string> result_;
};

/// With a region.
struct AheadFixture : FailingSource {
  std::unique_ptr<Region> region;

  // With "load 1" in it.
  void open(const KeepFor& keep) {
    region = std::make_unique<Region>("names", options(keep));
    REQUIRE(get(*region) == "load 1");
  }
  std::string get_one() { return get(*region); }
  std::string get_elsewhere() {
    return std::async(std::launch::async, [&] { return get_one(); }).get();
  }
};

struct ExecutorAheadFixture : AheadFixture {
  ExecutorAheadFixture() { has_executor = true; }
};

}  // namespace crier::test
