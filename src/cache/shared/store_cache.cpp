// SPDX-License-Identifier: MIT
#include "cache/shared/store_cache.hpp"

#include <crier/error.hpp>

#include "cache/shared/check.hpp"

#include <type_traits>
#include <utility>

namespace crier {

StoreCache::StoreCache(std::shared_ptr<Store> store, Access access,
                       const SharedCacheOptions& options)
    : store_(std::move(store)), access_(access), options_(options) {
  check_options(options);
}

StoreCache::~StoreCache() {
  if (fork_guard_.is_child()) {
    pool_.abandon();
  }
}

// Where the database was replaced nothing was done: what is at its path now is the cache.
template <class Body>
std::invoke_result_t<Body, CacheTable&> StoreCache::call(Body body) {
  fork_guard_.refuse_child("use the shared cache");
  try {
    return try_call(body);
  } catch (const Error& error) {
    if (!error.replaced()) {
      throw;
    }
  }
  pool_.drop_idle();  // they have the same file open
  return try_call(body);
}

template <class Body>
std::invoke_result_t<Body, CacheTable&> StoreCache::try_call(Body& body) {
  std::unique_ptr<Connection> connection = pool_.take();
  if (connection == nullptr) {
    connection = store_->connect(access_);
  }
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body, CacheTable&>>) {
      body(connection->cache());
      pool_.give_back(std::move(connection));
    } else {
      auto result = body(connection->cache());
      pool_.give_back(std::move(connection));
      return result;
    }
  } catch (const Error& error) {
    // Of any other that failed nobody knows what state it is in.
    if (error.retryable() || error.invalid_argument()) {
      pool_.give_back(std::move(connection));
    }
    throw;
  }
}

std::optional<std::string> StoreCache::get(std::string_view key) {
  check_key("get", key);
  return call([&](CacheTable& table) { return table.get(key); });
}

void StoreCache::set(std::string_view key, std::string_view value, const SharedExpiry& expiry) {
  check_key("set", key);
  check_value("set", value, options_);
  const SharedExpiry used = checked("set", expiry, options_);
  call([&](CacheTable& table) { table.set(key, value, used); });
}

void StoreCache::refresh(std::string_view key) {
  check_key("refresh", key);
  call([&](CacheTable& table) { table.refresh(key); });
}

void StoreCache::remove(std::string_view key) {
  check_key("remove", key);
  call([&](CacheTable& table) { table.remove(key); });
}

bool StoreCache::remove_value(std::string_view key, std::string_view value) {
  check_key("remove", key);
  return call([&](CacheTable& table) { return table.remove_value(key, value); });
}

SharedLookup StoreCache::lookup(std::string_view key) {
  check_key("get", key);
  return call([&](CacheTable& table) { return table.lookup(key); });
}

bool StoreCache::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                     const SharedExpiry& expiry) {
  check_key("add", key);
  check_value("add", value, options_);
  const SharedExpiry used = checked("add", expiry, options_);
  return call([&](CacheTable& table) { return table.add(key, value, miss, used); });
}

}  // namespace crier
