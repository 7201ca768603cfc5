// SPDX-License-Identifier: MIT
#include <crier/app_caches.hpp>
#include <crier/error.hpp>

#include "base/ascii.hpp"
#include "cache/text.hpp"

#include <mutex>
#include <regex>
#include <typeindex>
#include <unordered_map>
#include <utility>

namespace crier {

namespace {

thread_local RequestScope* innermost_scope = nullptr;

}  // namespace

void AppCache::check_key(std::string_view key, const char* operation) const {
  check_text_key(key, cache_.name(), operation);
}

ObjectCache::Match AppCache::by_key(std::string_view prefix) const {
  return [prefix](std::string_view key, const ObjectCache::Object&, const CacheType&) {
    return starts_ignoring_case(key, prefix);
  };
}

// The standard library reads a pattern, and matches it, by recursion: a long one would use up the
// stack.
ObjectCache::Match AppCache::by_regex(std::string_view pattern) const {
  if (pattern.size() > kMaxCacheKeyBytes) {
    throw Error("search",
                "the regular expression is " + std::to_string(pattern.size()) +
                    " bytes long; it may have " + std::to_string(kMaxCacheKeyBytes),
                Error::Kind::invalid_argument);
  }
  const auto told = [pattern](auto body) {
    try {
      return body();
    } catch (const std::regex_error& error) {
      throw Error("search",
                  "'" + std::string(pattern) + "' is not a regular expression: " + error.what(),
                  Error::Kind::invalid_argument);
    }
  };
  // That one is too complex, some libraries find out when they match.
  return [told, regex = told([pattern] { return std::regex(pattern.begin(), pattern.end()); })](
             std::string_view key, const ObjectCache::Object&, const CacheType&) {
    return told([&] { return std::regex_search(key.begin(), key.end(), regex); });
  };
}

struct AppCaches::Isolated {
  std::mutex mutex;
  std::unordered_map<std::type_index, std::unique_ptr<AppCache>> caches;  // guarded by mutex
};

AppCaches::AppCaches(Limits limits, CacheClock clock)
    : limits_(limits),
      clock_(std::move(clock)),
      runtime_("runtime", limits.runtime, clock_),
      isolated_(std::make_unique<Isolated>()) {}

AppCaches::~AppCaches() = default;

AppCache& AppCaches::isolated(const std::type_info& type) {
  const std::lock_guard lock(isolated_->mutex);
  auto found = isolated_->caches.find(type);
  if (found == isolated_->caches.end()) {
    auto cache = std::make_unique<AppCache>(std::string("isolated ") + type.name(),
                                            limits_.isolated, clock_);
    found = isolated_->caches.emplace(type, std::move(cache)).first;
  }
  return *found->second;
}

void AppCaches::clear_all_isolated() {
  std::vector<AppCache*> caches;  // which live as long as this; values die under no lock
  {
    const std::lock_guard lock(isolated_->mutex);
    for (const auto& [type, cache] : isolated_->caches) {
      caches.push_back(cache.get());
    }
  }
  for (AppCache* cache : caches) {
    cache->clear();
  }
}

AppCache& AppCaches::request() const {
  for (RequestScope* scope = innermost_scope; scope != nullptr; scope = scope->outer_) {
    if (scope->caches_ == this) {
      return *scope->cache_;
    }
  }
  throw Error("get", "this thread works for no request: open a RequestScope first");
}

RequestScope::RequestScope(AppCaches& caches)
    : caches_(&caches),
      own_(std::make_unique<AppCache>("request", caches.limits_.request, caches.clock_)),
      cache_(own_.get()),
      outer_(innermost_scope) {
  innermost_scope = this;
}

RequestScope::RequestScope(AppCaches& caches, AppCache& cache)
    : caches_(&caches), cache_(&cache), outer_(innermost_scope) {
  innermost_scope = this;
}

RequestScope::~RequestScope() {
  RequestScope** at = &innermost_scope;
  while (*at != nullptr && *at != this) {
    at = &(*at)->outer_;
  }
  if (*at == this) {
    *at = outer_;
  }
}

}  // namespace crier
