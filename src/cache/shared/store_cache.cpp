// SPDX-License-Identifier: MIT
#include "cache/shared/store_cache.hpp"

#include <crier/error.hpp>

#include "cache/shared/check.hpp"

#include <type_traits>
#include <utility>

namespace crier {

namespace {

const SharedCacheOptions& valid(const SharedCacheOptions& options) {
  check_options(options);
  return options;
}

}  // namespace

StoreCache::StoreCache(std::shared_ptr<Store> store, Access access,
                       const SharedCacheOptions& options)
    : store_(std::move(store)),
      options_(valid(options)),
      pool_(store_, {.access = access,
                     .limits = {.most = options.max_sessions},
                     .what = session_of(store_->name()),
                     .advice = kMoreSessions}) {}

StoreCache::~StoreCache() {
  if (fork_guard_.is_child()) {
    pool_.abandon();
  }
}

template <class Body>
std::invoke_result_t<Body, SharedCacheTable&> StoreCache::call(const char* operation, Body body) {
  fork_guard_.refuse_child("use the shared cache");
  return pool_.run(operation, [&](Connection& connection) { return body(connection.cache()); });
}

std::optional<std::string> StoreCache::get(std::string_view key) {
  check_key("get", key);
  return call("get", [&](SharedCacheTable& table) { return table.get(key); });
}

void StoreCache::set(std::string_view key, std::string_view value, const SharedExpiry& expiry) {
  check_key("set", key);
  check_value("set", value, options_);
  const SharedExpiry used = checked("set", expiry, options_);
  call("set", [&](SharedCacheTable& table) { table.set(key, value, used); });
}

void StoreCache::refresh(std::string_view key) {
  check_key("refresh", key);
  call("refresh", [&](SharedCacheTable& table) { table.refresh(key); });
}

void StoreCache::remove(std::string_view key) {
  check_key("remove", key);
  call("remove", [&](SharedCacheTable& table) { table.remove(key); });
}

bool StoreCache::remove_value(std::string_view key, std::string_view value) {
  check_key("remove", key);
  return call("remove", [&](SharedCacheTable& table) { return table.remove_value(key, value); });
}

SharedLookup StoreCache::lookup(std::string_view key) {
  check_key("get", key);
  return call("get", [&](SharedCacheTable& table) { return table.lookup(key); });
}

bool StoreCache::add(std::string_view key, std::string_view value, const SharedStamp& miss,
                     const SharedExpiry& expiry) {
  check_key("add", key);
  check_value("add", value, options_);
  const SharedExpiry used = checked("add", expiry, options_);
  return call("add", [&](SharedCacheTable& table) { return table.add(key, value, miss, used); });
}

}  // namespace crier
