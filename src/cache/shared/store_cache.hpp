// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/shared_cache.hpp>
#include <crier/shared_half.hpp>

#include "base/connection_pool.hpp"
#include "base/fork_guard.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

namespace crier {

// The shared cache in a store's database. Each call takes a connection that nobody else is using:
// one that is open, a new one, or when there are SharedCacheOptions::max_sessions the next that
// comes free.
class StoreCache final : public SharedCache, public SharedHalf {
 public:
  StoreCache(std::shared_ptr<Store> store, Access access, const SharedCacheOptions& options);

  ~StoreCache() override;
  StoreCache(const StoreCache&) = delete;
  StoreCache& operator=(const StoreCache&) = delete;

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
  [[nodiscard]] const std::string& name() const noexcept override { return store_->name(); }

  Read read(std::string_view cache, std::string_view key,
            std::span<const std::uint64_t> marks) override;
  std::vector<Read> read_many(std::string_view cache, std::span<const Ask> asks) override;
  Written write(const Write& write) override;
  Swept sweep(std::string_view cache, const std::string& place) override;
  [[nodiscard]] SharedExpiry used(const SharedExpiry& expiry) const override;
  void check_size(std::size_t bytes) const override;

  // Closes connections that nobody uses now.
  void disconnect() { pool_.drop_idle(); }

 private:
  template <class Body>
  std::invoke_result_t<Body, SharedCacheTable&> call(const char* operation, Body body);

  const std::shared_ptr<Store> store_;
  const SharedCacheOptions options_;
  const ForkGuard fork_guard_;
  ConnectionPool pool_;
};

}  // namespace crier
