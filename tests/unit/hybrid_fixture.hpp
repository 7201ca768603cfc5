// SPDX-License-Identifier: MIT
#pragma once

#include <crier/error.hpp>
#include <crier/hybrid_cache.hpp>
#include <crier/node.hpp>

#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {

/// A shared cache in whose calls a test does something.
class HookedCache final : public SharedCache {
 public:
  explicit HookedCache(std::shared_ptr<SharedCache> real) : real_(std::move(real)) {}

  std::function<void(const std::string& key)> after_lookup;
  std::function<void(const std::string& key)> before_add;
  std::function<void(const std::string& key)> before_removal;
  bool read_only = false;  // to add()

  std::optional<std::string> get(std::string_view key) override { return real_->get(key); }
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override {
    real_->set(key, value, expiry);
  }
  void refresh(std::string_view key) override { real_->refresh(key); }
  void remove(std::string_view key) override { real_->remove(key); }
  bool remove_value(std::string_view key, std::string_view value) override {
    if (before_removal) {
      std::exchange(before_removal, nullptr)(std::string(key));
    }
    return real_->remove_value(key, value);
  }
  SharedLookup lookup(std::string_view key) override {
    SharedLookup found = real_->lookup(key);
    if (after_lookup) {
      std::exchange(after_lookup, nullptr)(std::string(key));
    }
    return found;
  }
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override {
    if (before_add) {
      std::exchange(before_add, nullptr)(std::string(key));
    }
    if (read_only) {
      throw Error("add", "the cache is read-only");
    }
    return real_->add(key, value, miss, expiry);
  }
  [[nodiscard]] const std::string& name() const noexcept override { return real_->name(); }

 private:
  const std::shared_ptr<SharedCache> real_;
};

inline constexpr Guid kHybrid = Guid::parse("0f3f6a52-41c9-4f6e-9d55-2b0a4f0e8c11").value();

/// A node with a hybrid cache of texts.
struct HybridMember {
  std::shared_ptr<HookedCache> shared;
  std::vector<std::string> failed;  // fills: why
  Registry registry;
  HybridCache<std::string> pages;
  Node node;

  explicit HybridMember(const std::string& store, std::string name)
      : shared(std::make_shared<HookedCache>(open_shared_cache(store))),
        pages(registry, kHybrid, "pages", shared,
              {.on_failed_fill = [this](const Error& error) { failed.push_back(error.what()); }}),
        node(options(store, std::move(name)), registry) {
    node.start();
  }
  static Options options(const std::string& store, std::string name) {
    Options options;
    options.store = store;
    options.node_name = std::move(name);
    options.migrate_on_start = true;
    options.poll_interval = std::chrono::milliseconds(1);
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
