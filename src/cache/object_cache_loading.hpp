// SPDX-License-Identifier: MIT
#pragma once

#include "cache/flight.hpp"
#include "cache/object_cache_shards.hpp"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace crier {

// One call that loads. Made on its stack.
class ObjectCache::Loading {
 public:
  Loading(const std::shared_ptr<Impl>& impl, const CacheType& type, const KeepFor& keep)
      : shared_(impl), impl_(*impl), type_(type), keep_(keep) {}

  // Runs `load` for a flight of this call's own. If that throws: a value that has expired, or the
  // same.
  Object run(KeyView key, const std::shared_ptr<Flight>& flight, const Load& load);
  // Gives it to the executor, and waits for it as others do.
  Object run_later(KeyView key, const std::shared_ptr<Flight>& flight, const Load& load);
  // For what is due to be loaded ahead. Throws nothing that `load` does.
  Object refresh(KeyView key, Shard::Joined joined, const Load& load);
  // What the flight of another call brings, or this call's own `load` if that takes too long.
  Object wait(KeyView key, std::shared_ptr<Flight> flight, const Load& load) {
    return wait(key, std::move(flight), load, keep_.patience);
  }
  // For this caller alone. With a stamp it is kept.
  Object run_apart(KeyView key, std::optional<CacheStamp> stamp, const Load& load);

  void end(KeyView key, const std::shared_ptr<Flight>& flight, const Object& object,
           const std::exception_ptr& error);
  // If the call takes it.
  std::optional<Object> find_stale(KeyView key, Shard::Why why);
  // That a load threw, which no call throws.
  void tell(KeyView key, const std::exception_ptr& error) const noexcept { impl_.tell(key, error); }

 private:
  friend class ObjectCache::Later;
  struct Ran {
    Object object;
    std::exception_ptr error;
  };
  Ran run_flight(KeyView key, const std::shared_ptr<Flight>& flight, const Load& load);
  // What the executor threw, and then the flight is this thread's.
  std::exception_ptr hand_over(KeyView key, const std::shared_ptr<Flight>& flight,
                               const Load& load);
  Object wait(KeyView key, std::shared_ptr<Flight> flight, const Load& load,
              std::optional<std::chrono::milliseconds> patience);

  const std::shared_ptr<Impl>& shared_;
  Impl& impl_;
  const CacheType& type_;
  const KeepFor& keep_;
};

// A load that an executor has, which may call it after the cache has died, or never.
class ObjectCache::Later {
 public:
  Later(const std::shared_ptr<Impl>& impl, KeyView key, const CacheType& type, const KeepFor& keep,
        Load load, std::shared_ptr<Flight> flight)
      : impl_(impl),
        key_(key.text),
        type_(type),
        keep_(keep),
        load_(std::move(load)),
        flight_(std::move(flight)) {}
  // Nobody waits for what was dropped.
  ~Later();
  Later(const Later&) = delete;
  Later& operator=(const Later&) = delete;

  void run();

 private:
  template <class Call>
  void if_claimed(Call call);

  const std::weak_ptr<Impl> impl_;  // lest what is queued keeps all that is cached
  const std::string key_;
  const CacheType& type_;
  const KeepFor keep_;
  const Load load_;
  const std::shared_ptr<Flight> flight_;
};

}  // namespace crier
