// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_cache.hpp>
#include <crier/shared_half.hpp>

#include "support/memory_store.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::test {

// What all nodes' hybrid caches share, beside the log, and what may become of it. Hybrid caches
// alone use it.
class SimShared final : public SharedCache, public SharedHalf {
 public:
  // Around each call, by its name: "shared read", "shared write". What they throw leaves it.
  std::function<void(std::string_view)> before;
  std::function<void(std::string_view)> after;
  // The same clock as the store's.
  std::function<std::chrono::milliseconds()> now;

  // A replica has it as it is now …
  void replicate() { replica_ = all_; }
  // … and takes over.
  void fail_over() { all_ = replica_; }
  void empty() { all_ = {}; }
  void lose_records() { all_.records = {}; }
  void forget_marks() { all_.records.forget_marks(); }

  Read read(std::string_view cache, std::string_view key,
            std::span<const std::uint64_t> marks) override {
    before("shared read");
    Read found = all_.records.read(all_.values, cache, key, marks, now());
    after("shared read");
    return found;
  }
  Written write(const Write& write) override {
    before("shared write");
    const Written written = all_.records.write(all_.values, write, now());
    after("shared write");
    return written;
  }
  [[nodiscard]] SharedExpiry used(const SharedExpiry& expiry) const override { return expiry; }
  void check_size(std::size_t) const override {}

  std::optional<std::string> get(std::string_view) override { return {}; }
  std::optional<std::string> peek(std::string_view) override { return {}; }
  std::vector<std::optional<std::string>> get_many(std::span<const std::string>) override {
    return {};
  }
  void visit_keys(std::string_view, const std::function<bool(const std::string&)>&) override {}
  std::size_t remove_by_prefix(std::string_view) override { return 0; }
  void set(std::string_view, std::string_view, const SharedExpiry&) override {}
  void refresh(std::string_view) override {}
  void remove(std::string_view) override {}
  bool remove_value(std::string_view, std::string_view) override { return false; }
  SharedLookup lookup(std::string_view) override { return {}; }
  bool add(std::string_view, std::string_view, const SharedStamp&, const SharedExpiry&) override {
    return false;
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  struct All {
    MemoryCache values;
    MemoryHybrid records;
  };

  const std::string name_ = "shared";
  All all_;
  All replica_;
};

}  // namespace crier::test
