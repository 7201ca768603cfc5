// SPDX-License-Identifier: MIT
#pragma once

// The part of a CachedRegion that knows no types, and the way from its keys to bytes.

#include <crier/distributed_cache.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/object_cache.hpp>
#include <crier/refresher.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace crier {

/// Evicts or reloads what the instructions of its GUID name. Thread-safe.
class CRIER_EXPORT RegionRefresher final : public JsonCacheRefresher, public PublishingRefresher {
 public:
  enum class Keys : std::uint8_t { ids, guids, texts };
  using Reload = std::function<void(ObjectCache& cache, std::string_view key)>;

  /// `reload` is called in place of an eviction; may be empty. With an `executor` the eviction
  /// comes first, and that calls `reload` for what was there. Throws as ObjectCache does, which
  /// has the last two as well.
  RegionRefresher(const Guid& id, std::string name, Keys keys, const CacheLimits& limits,
                  CacheClock clock, Reload reload, const CacheExecutor& executor = {},
                  CacheErrorHandler on_failed_load = {});
  ~RegionRefresher() override;

  [[nodiscard]] ObjectCache& cache() noexcept { return cache_; }
  /// When its region dies: `reload` is never called again, what it holds goes with it, and the
  /// cache is emptied. Waits for calls of it on other threads; on its own one goes on.
  void retire() noexcept;
  /// Throws an invalid_argument Error if it is none of this region's.
  void check_key(std::string_view key, const char* operation) const;

  // Instructions for the other nodes, by keys as bytes. The first two throw crier::Error if the
  // region belongs to no node.
  EntryId publish_changed(std::string_view key);
  EntryId publish_all_changed();
  std::optional<EntryId> publish_changed(std::span<const std::string_view> keys);
  void add_changed(std::span<const std::string_view> keys, Collector& batch) const;
  void add_all_changed(Collector& batch) const;

  /// Whether all that is cached is so fresh. False if the region belongs to no node that runs.
  [[nodiscard]] bool is(const FreshEnough& fresh) const;
  /// Throws the Error of a call that takes nothing else.
  [[noreturn]] void refuse_stale(std::string_view key) const;

  [[nodiscard]] Guid id() const override { return id_; }
  [[nodiscard]] std::string_view name() const override { return cache_.name(); }
  void refresh_all() override { cache_.clear(); }
  void refresh(std::int64_t id) override;
  void refresh(const Guid& id) override;
  void remove(std::int64_t id) override;
  /// A JSON array of texts; anything else clears the region, since it may concern any key.
  void refresh_by_json(std::string_view json) override;
  [[nodiscard]] bool takes_payload() const override { return keys_ == Keys::texts; }

  void attach(DistributedCache& cache) override;
  void detach() noexcept override;

 private:
  struct State;
  class Reloading;
  void refresh_key(std::string_view key);
  void load_on_executor(std::string_view key);
  [[nodiscard]] DistributedCache& publisher() const;

  const Guid id_;
  const Keys keys_;
  ObjectCache cache_;
  const CacheExecutor executor_;
  // What needs <mutex> and <atomic>, which cost 0.4 s a file. Shared with what the executor holds.
  const std::shared_ptr<State> state_;
};

/// A key's bytes, which live as long as the RegionKeyBytes and, but for an id, the key.
class RegionKeyBytes {
 public:
  explicit RegionKeyBytes(std::int64_t id) noexcept
      : id_(std::bit_cast<decltype(id_)>(id)), view_(id_.data(), id_.size()) {}
  explicit RegionKeyBytes(const Guid& guid) noexcept
      : view_(reinterpret_cast<const char*>(guid.bytes().data()), guid.bytes().size()) {}
  explicit RegionKeyBytes(const std::string& text) noexcept : view_(text) {}
  RegionKeyBytes(const RegionKeyBytes&) = delete;
  RegionKeyBytes& operator=(const RegionKeyBytes&) = delete;

  [[nodiscard]] std::string_view view() const noexcept { return view_; }

 private:
  std::array<char, sizeof(std::int64_t)> id_{};
  std::string_view view_;
};

}  // namespace crier
