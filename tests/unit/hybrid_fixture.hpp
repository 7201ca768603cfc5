// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/node.hpp>

#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {

/// A shared cache in whose calls a test does something. A node's sweep calls it on a thread of its
/// own.
class HookedCache final : public SharedCache, public SharedHalf {
 public:
  explicit HookedCache(std::shared_ptr<SharedCache> real)
      : real_(std::move(real)), half_(dynamic_cast<SharedHalf&>(*real_)) {}

  std::function<void(const std::string& key)> after_read;  // once, of a value's key
  std::function<void(const std::string& key)> before_fill;
  bool read_only = false;
  std::atomic<bool> is_out = false;  // of reach
  std::atomic<int> calls = 0;

  Read read(std::string_view cache, std::string_view key,
            std::span<const std::uint64_t> marks) override {
    reach("get");
    Read found = half_.read(cache, key, marks);
    if (after_read && !key.empty()) {
      std::exchange(after_read, nullptr)(std::string(key));
    }
    return found;
  }
  std::vector<Read> read_many(std::string_view cache, std::span<const Ask> asks) override {
    reach("get");
    std::vector<Read> found = half_.read_many(cache, asks);
    if (after_read) {
      std::exchange(after_read, nullptr)(std::string(asks.front().key));
    }
    return found;
  }
  Written write(const Write& write) override {
    reach("set");
    if (before_fill && !write.key.empty()) {
      std::exchange(before_fill, nullptr)(std::string(write.key));
    }
    if (read_only) {
      throw Error("set", "the cache is read-only");
    }
    return half_.write(write);
  }
  Swept sweep(std::string_view cache, const std::string& place) override {
    reach("sweep");
    return half_.sweep(cache, place);
  }
  [[nodiscard]] SharedExpiry used(const SharedExpiry& expiry) const override {
    return half_.used(expiry);
  }
  void check_size(std::size_t bytes) const override { half_.check_size(bytes); }

  std::optional<std::string> get(std::string_view key) override { return real_->get(key); }
  std::optional<std::string> peek(std::string_view key) override { return real_->peek(key); }
  std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) override {
    return real_->get_many(keys);
  }
  void visit_keys(std::string_view prefix,
                  const std::function<bool(const std::string& key)>& visit) override {
    real_->visit_keys(prefix, visit);
  }
  std::size_t remove_by_prefix(std::string_view prefix) override {
    return real_->remove_by_prefix(prefix);
  }
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override {
    real_->set(key, value, expiry);
  }
  void refresh(std::string_view key) override { real_->refresh(key); }
  void remove(std::string_view key) override { real_->remove(key); }
  bool remove_value(std::string_view key, std::string_view value) override {
    return real_->remove_value(key, value);
  }
  SharedLookup lookup(std::string_view key) override {
    reach("get");
    return real_->lookup(key);
  }
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override {
    reach("add");
    if (read_only) {
      throw Error("add", "the cache is read-only");
    }
    return real_->add(key, value, miss, expiry);
  }
  [[nodiscard]] const std::string& name() const noexcept override { return real_->name(); }

 private:
  void reach(const char* operation) {
    ++calls;
    if (is_out) {
      throw Error(operation, "the cache is out of reach", Error::Kind::retryable);
    }
  }

  const std::shared_ptr<SharedCache> real_;
  SharedHalf& half_;
};

inline constexpr Guid kHybrid = Guid::parse("0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11").value();

/// Texts as the bytes that they are.
inline HybridCodec<std::string> bytes_codec() {
  return {.encode = [](const std::string& value) { return value; },
          .decode = [](std::string_view bytes) { return std::string(bytes); }};
}

/// A node with a hybrid cache of texts.
struct HybridMember {
  std::shared_ptr<HookedCache> shared;
  std::vector<std::string> failed;  // fills: why
  Registry registry;
  HybridCache<std::string> pages;
  Node node;

  // `cache`: where the shared half is; empty: beside the log.
  HybridMember(const std::string& store, std::string name, const std::string& cache = {})
      : HybridMember(store, std::move(name), open_shared_cache(cache.empty() ? store : cache)) {}
  HybridMember(const std::string& store, std::string name, std::shared_ptr<SharedCache> half,
               HybridOptions hybrid = {},
               HybridCodec<std::string> codec = json_codec<std::string>(),
               std::chrono::milliseconds tidies = std::chrono::minutes(1))
      : shared(std::make_shared<HookedCache>(std::move(half))),
        pages(registry, kHybrid, "pages", shared, told(std::move(hybrid)), std::move(codec)),
        node(options(store, std::move(name), tidies), registry) {
    node.start();
  }
  HybridOptions told(HybridOptions hybrid) {
    hybrid.on_failed_fill = [this](const Error& error) { failed.emplace_back(error.what()); };
    return hybrid;
  }
  static Options options(const std::string& store, std::string name,
                         std::chrono::milliseconds tidies = std::chrono::minutes(1)) {
    Options options;
    options.store = store;
    options.node_name = std::move(name);
    options.migrate_on_start = true;
    options.poll_interval = std::chrono::milliseconds(1);
    options.prune_interval = tidies;
    options.log = [](LogLevel, std::string_view) {};
    return options;
  }
};

/// Two of them on one database.
struct HybridFixture {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  HybridMember here{store, "here"};
  HybridMember there{store, "there"};
  int made = 0;

  std::function<std::string()> make(std::string text) {
    return [this, text = std::move(text)] {
      ++made;
      return text;
    };
  }
  /// Waits until both have applied what was published.
  void settle(EntryId id) {
    REQUIRE(here.node.wait_applied(id, std::chrono::seconds(20)));
    REQUIRE(there.node.wait_applied(id, std::chrono::seconds(20)));
  }
};

}  // namespace crier::test
