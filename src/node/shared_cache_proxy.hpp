// SPDX-License-Identifier: MIT
#pragma once

#include <crier/shared_cache.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace crier {

class ForkGuard;

// Where the application finds the shared cache of the incarnation that runs: as MessengerProxy.
class SharedCacheProxy final : public SharedCache {
 public:
  SharedCacheProxy(const ForkGuard& fork_guard, std::string name)
      : fork_guard_(fork_guard), name_(std::move(name)) {}

  void set_cache(std::shared_ptr<SharedCache> cache);

  std::optional<std::string> get(std::string_view key) override;
  std::optional<std::string> peek(std::string_view key) override;
  std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) override;
  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override;
  void refresh(std::string_view key) override;
  void remove(std::string_view key) override;
  bool remove_value(std::string_view key, std::string_view value) override;
  SharedLookup lookup(std::string_view key) override;
  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override;
  void visit_keys(std::string_view prefix,
                  const std::function<bool(const std::string& key)>& visit) override;
  std::size_t remove_by_prefix(std::string_view prefix) override;
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  // Throws crier::Error if the node does not run, or has no store.
  [[nodiscard]] std::shared_ptr<SharedCache> current(const char* operation);

  const ForkGuard& fork_guard_;
  const std::string name_;  // the store's; empty: a single server
  std::mutex mutex_;
  std::shared_ptr<SharedCache> cache_;  // guarded by mutex_
};

}  // namespace crier
