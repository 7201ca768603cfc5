// SPDX-License-Identifier: MIT
#pragma once

// What a node tells `crier audit`: which version of a value each of its caches holds.

#include <crier/export.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace crier {

struct AuditRequest;

/// Which keys an audit asks a cache for, and the cache's answer. All nodes are asked for the same
/// keys, chosen by hashes, of which each answers those that it holds. One thread at a time; lives
/// as long as the call that gives it.
class CRIER_EXPORT AuditSample {
 public:
  /// A key that the cache holds.
  struct Row {
    std::string key;      ///< as a text
    std::string version;  ///< empty: "nothing" is held for it
  };
  /// By which the time of an answer ends.
  using Clock = std::chrono::steady_clock;

  /// For crier itself, and for tests: what `request` asks the cache `cache` for, until `ends`.
  AuditSample(const AuditRequest& request, std::string_view cache, Clock::time_point ends);

  /// Optional, and first: the cache holds about so many keys. Then fewer are wanted from the start.
  void expect(std::size_t keys) noexcept;
  /// Whether the key, as a text, is asked for. Costs a hash. No key is any more once the time is
  /// over.
  [[nodiscard]] bool wants(std::string_view key) noexcept;
  /// Whether the time is over, so that there is no use in going on.
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }
  /// The cache holds the key, in this version; empty: it holds "nothing" for it. Left out if the
  /// key is not wanted, or can't be compared: it is UTF-8 of 1 to 1024 bytes without NUL. Of the
  /// version the first 255 bytes count.
  void add(std::string_view key, std::string_view version);

  /// What was added, in the order of the calls.
  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
  /// How many keys the cache has asked about.
  [[nodiscard]] std::size_t seen() const noexcept { return seen_; }

 private:
  [[nodiscard]] bool includes(std::string_view key) const noexcept;

  const std::uint64_t seed_;
  const std::size_t most_;
  const std::vector<std::uint64_t> hashes_;  // sorted; empty: whatever is below the threshold
  const Clock::time_point ends_;
  std::uint64_t threshold_;
  std::size_t seen_ = 0;
  bool is_over_ = false;
  std::vector<Row> rows_;
};

/// A cache that is audited. CachedRegion::audited() and HybridCache::audited() make one; a cache of
/// the application's own fills it in.
struct AuditedCache {
  std::string name;  ///< the same on every node: 1 to 255 bytes of UTF-8 without control characters
  /// Adds what the cache holds of what is wanted. Runs on the node's poller thread, between two
  /// entries of the log: it must be quick, must not load anything, and must not call the node. What
  /// it throws is logged, and the cache is left out of the answer.
  std::function<void(AuditSample& sample)> sample;
};

namespace detail {

/// What `version` gives for a value, as a text.
template <class Value, class Version>
std::string version_text(const Version& version, const Value& value) {
  using Given = std::remove_cvref_t<std::invoke_result_t<const Version&, const Value&>>;
  if constexpr (std::integral<Given>) {
    return std::to_string(std::invoke(version, value));
  } else {
    return std::string(std::invoke(version, value));
  }
}

}  // namespace detail
}  // namespace crier
