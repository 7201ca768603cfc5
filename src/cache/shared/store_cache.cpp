// SPDX-License-Identifier: MIT
#include "cache/shared/store_cache.hpp"

#include <crier/error.hpp>

#include "cache/shared/check.hpp"

#include <algorithm>
#include <iterator>
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

std::optional<std::string> StoreCache::peek(std::string_view key) {
  check_key("get", key);
  return call("get", [&](SharedCacheTable& table) { return table.peek(key); });
}

std::vector<std::optional<std::string>> StoreCache::get_many(std::span<const std::string> keys) {
  check_keys("get", keys);
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  while (!keys.empty()) {
    const auto page = keys.first(std::min(keys.size(), kKeysInAPage));
    keys = keys.subspan(page.size());
    std::ranges::move(call("get", [&](SharedCacheTable& table) { return table.get_many(page); }),
                      std::back_inserter(values));
  }
  return values;
}

void StoreCache::visit_keys(std::string_view prefix,
                            const std::function<bool(const std::string& key)>& visit) {
  check_prefix("read", prefix);
  std::vector<std::string> page;
  std::string after;
  do {
    page = call("read",
                [&](SharedCacheTable& table) { return table.keys(prefix, after, kKeysInAPage); });
    for (const std::string& key : page) {
      if (!visit(key)) {
        return;
      }
    }
    after = page.empty() ? std::string() : page.back();
  } while (page.size() == kKeysInAPage);
}

std::size_t StoreCache::remove_by_prefix(std::string_view prefix) {
  constexpr std::size_t kChunk = 1000;
  check_prefix("clear", prefix);
  CacheCleaned chunk;
  std::size_t entries = 0;
  do {
    chunk = call("clear", [&](SharedCacheTable& table) { return table.clear(prefix, kChunk); });
    entries += chunk.entries;
  } while (chunk.more);
  return entries;
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

SharedHalf::Read StoreCache::read(std::string_view cache, std::string_view key,
                                  std::span<const std::uint64_t> marks) {
  fork_guard_.refuse_child("use the shared cache");
  return pool_.run(
      "get", [&](Connection& connection) { return connection.hybrid().read(cache, key, marks); });
}

std::vector<SharedHalf::Read> StoreCache::read_many(std::string_view cache,
                                                    std::span<const Ask> asks) {
  fork_guard_.refuse_child("use the shared cache");
  return pool_.run(
      "get", [&](Connection& connection) { return connection.hybrid().read_many(cache, asks); });
}

SharedHalf::Written StoreCache::write(const Write& write) {
  fork_guard_.refuse_child("use the shared cache");
  check_size(write.data.size());
  return pool_.run("set", [&](Connection& connection) { return connection.hybrid().write(write); });
}

SharedHalf::Swept StoreCache::sweep(std::string_view cache, const std::string& place) {
  fork_guard_.refuse_child("use the shared cache");
  return pool_.run("sweep",
                   [&](Connection& connection) { return connection.hybrid().sweep(cache, place); });
}

SharedExpiry StoreCache::used(const SharedExpiry& expiry) const {
  return checked("set", expiry, options_);
}

void StoreCache::check_size(std::size_t bytes) const { check_size_of("set", bytes, options_); }

}  // namespace crier
