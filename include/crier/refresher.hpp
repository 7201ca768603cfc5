// SPDX-License-Identifier: MIT
#pragma once

// What an application implements for each of its caches.
//
// Thread rule: a refresher is called on the thread that publishes and on the poller's thread, at
// times on both at once, and never under a lock or inside a transaction of crier's: guard your own
// state. It must be idempotent, since an instruction may run more than once. It may publish, on the
// thread on which it was called: then refreshers that set each other off are stopped (see
// kMaxPublishDepth). What it throws is reported and counted; other instructions go on.

#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>
#include <crier/source.hpp>

#include <cstdint>
#include <string_view>

namespace crier {

class DistributedCache;

/// Keeps one cache fresh on this node.
class CRIER_EXPORT CacheRefresher {
 public:
  virtual ~CacheRefresher() = default;

  /// The same on every node and in every version. Never empty.
  [[nodiscard]] virtual Guid id() const = 0;
  /// For people. Lives as long as the refresher.
  [[nodiscard]] virtual std::string_view name() const = 0;

  /// Everything may have changed: drop or reload the whole cache.
  virtual void refresh_all() = 0;
  /// What bears this id has changed: drop it, or load it again.
  virtual void refresh(std::int64_t id) = 0;
  /// The same for an id that is a GUID.
  virtual void refresh(const Guid& id) = 0;
  /// What bears this id is gone.
  virtual void remove(std::int64_t id) = 0;
};

/// A refresher that also takes JSON.
class CRIER_EXPORT JsonCacheRefresher : public CacheRefresher {
 public:
  /// `json` is one JSON document, as it was published. It lives as long as the call.
  virtual void refresh_by_json(std::string_view json) = 0;
  /// True if the JSON is an array of typed items: see PayloadCacheRefresher.
  [[nodiscard]] virtual bool takes_payload() const { return false; }
};

/// A refresher that takes the changed object itself on the node where it changes; other nodes
/// get its id, and load what they need.
template <class T>
class TypedCacheRefresher : public CacheRefresher {
 public:
  using CacheRefresher::refresh;
  using CacheRefresher::remove;
  /// The object has changed, on this node.
  virtual void refresh(const T& instance) = 0;
  /// The object is gone, by this node.
  virtual void remove(const T& instance) = 0;
};

/// For a refresher that publishes by itself. A Node that is made with it hands it the way to
/// publish, and takes that back when the node is destroyed.
class CRIER_EXPORT PublishingRefresher {
 public:
  virtual ~PublishingRefresher() = default;
  /// Throws an invalid_argument Error if it belongs to another node.
  virtual void attach(DistributedCache& cache) = 0;
  /// The node is being destroyed.
  virtual void detach() noexcept = 0;
};

/// Takes every instruction that no registered refresher claims.
class CRIER_EXPORT FallbackRefresher {
 public:
  virtual ~FallbackRefresher() = default;
  /// Everything may have changed (a resync); or apply() has failed at a refresh_all, which is not
  /// tried again by itself: nobody has registered whom it is for.
  virtual void refresh_all() = 0;
  /// One instruction for a refresher that nobody here has registered.
  virtual void apply(const Instruction& instruction, const Source& source) = 0;
};

}  // namespace crier
