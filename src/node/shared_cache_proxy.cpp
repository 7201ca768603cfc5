// SPDX-License-Identifier: MIT
#include "node/shared_cache_proxy.hpp"

#include <crier/error.hpp>

#include "base/fork_guard.hpp"

namespace crier {

void SharedCacheProxy::set_cache(std::shared_ptr<SharedCache> cache) {
  const std::lock_guard lock(mutex_);
  cache_.swap(cache);
}

std::optional<std::string> SharedCacheProxy::get(std::string_view key) {
  return current("get")->get(key);
}

std::optional<std::string> SharedCacheProxy::peek(std::string_view key) {
  return current("get")->peek(key);
}

std::vector<std::optional<std::string>> SharedCacheProxy::get_many(
    std::span<const std::string> keys) {
  return current("get")->get_many(keys);
}

void SharedCacheProxy::set(std::string_view key, std::string_view value,
                           const SharedExpiry& expiry) {
  current("set")->set(key, value, expiry);
}

void SharedCacheProxy::refresh(std::string_view key) { current("refresh")->refresh(key); }

void SharedCacheProxy::remove(std::string_view key) { current("remove")->remove(key); }

bool SharedCacheProxy::remove_value(std::string_view key, std::string_view value) {
  return current("remove")->remove_value(key, value);
}

SharedLookup SharedCacheProxy::lookup(std::string_view key) { return current("get")->lookup(key); }

bool SharedCacheProxy::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                           const SharedExpiry& expiry) {
  return current("add")->add(key, value, miss, expiry);
}

void SharedCacheProxy::visit_keys(std::string_view prefix,
                                  const std::function<bool(const std::string& key)>& visit) {
  current("read")->visit_keys(prefix, visit);
}

std::size_t SharedCacheProxy::remove_by_prefix(std::string_view prefix) {
  return current("clear")->remove_by_prefix(prefix);
}

std::shared_ptr<SharedCache> SharedCacheProxy::current(const char* operation) {
  fork_guard_.refuse_child(operation);
  if (name_.empty()) {
    throw Error(operation,
                "a node without a store shares no cache with anybody: name one in Options::store",
                Error::Kind::invalid_argument);
  }
  std::shared_ptr<SharedCache> cache;
  {
    const std::lock_guard lock(mutex_);
    cache = cache_;
  }
  if (cache == nullptr) {
    throw Error(operation,
                "the node does not run: use its shared cache between start() and stop()");
  }
  return cache;
}

}  // namespace crier
