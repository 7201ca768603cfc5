// SPDX-License-Identifier: MIT
#include "cache/redis/redis_cache.hpp"

#include <crier/error.hpp>
#include <crier/guid.hpp>

#include "base/deadline.hpp"
#include "base/fork_guard.hpp"
#include "base/hash.hpp"
#include "base/pool.hpp"
#include "cache/redis/redis_connection.hpp"
#include "cache/redis/redis_url.hpp"
#include "cache/redis/scripts.hpp"
#include "cache/shared/check.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <hiredis/hiredis.h>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace crier::redis {
namespace {

using Milliseconds = std::chrono::milliseconds;

// Whatever is longer; Redis' clock is a double in the scripts, and exact so far.
constexpr Milliseconds kCentury = std::chrono::hours(24 * 36'525);

std::string text_of(const std::optional<Milliseconds>& duration) {
  return duration ? std::to_string(std::min(*duration, kCentury).count()) : std::string();
}

// The end of what .NET can count.
std::string text_of(const std::optional<SharedTime>& time) {
  constexpr std::int64_t kEndOfTime = 253'402'300'799'999;
  return time ? std::to_string(
                    std::clamp<std::int64_t>(time->time_since_epoch().count(), 0, kEndOfTime))
              : std::string();
}

std::int64_t number_in(const redisReply& reply) {
  std::int64_t number = 0;
  std::from_chars(reply.str, reply.str + reply.len, number);
  return number;
}

// Never 0, which stands for none.
std::string new_stamp() { return std::to_string((fnv1a64(Guid::random().to_string()) >> 1U) | 1U); }

class RedisCache final : public SharedCache {
 public:
  RedisCache(Url url, const SharedCacheOptions& options)
      : url_(std::move(url)), options_(options), pool_({.most = options.max_sessions}) {}
  ~RedisCache() override {
    if (fork_guard_.is_child()) {
      pool_.abandon();
    }
  }
  RedisCache(const RedisCache&) = delete;
  RedisCache& operator=(const RedisCache&) = delete;

  std::optional<std::string> get(std::string_view key) override {
    check_key("get", key);
    const Reply reply = run("get", scripts::kUse, key, {"1"});
    if (reply->type == REDIS_REPLY_NIL) {
      return std::nullopt;
    }
    require("get", reply->type == REDIS_REPLY_STRING);
    return std::string(reply->str, static_cast<std::size_t>(reply->len));
  }

  void refresh(std::string_view key) override {
    check_key("refresh", key);
    run("refresh", scripts::kUse, key, {"0"});
  }

  void set(std::string_view key, std::string_view value, const SharedExpiry& expiry) override {
    write("set", key, value, expiry, nullptr);
  }

  bool add(std::string_view key, std::string_view value, const SharedStamp& miss,
           const SharedExpiry& expiry) override {
    return write("add", key, value, expiry, &miss);
  }

  void remove(std::string_view key) override {
    check_key("remove", key);
    run("remove", scripts::kRemove, key, {new_stamp(), kRemembered});
  }

  bool remove_value(std::string_view key, std::string_view value) override {
    check_key("remove", key);
    const Reply reply =
        run("remove", scripts::kRemove, key, {new_stamp(), kRemembered, std::string(value)});
    require("remove", reply->type == REDIS_REPLY_INTEGER);
    return reply->integer == 1;
  }

  SharedLookup lookup(std::string_view key) override {
    SharedLookup found{get(key), {}};
    if (!found.value) {
      const Reply reply = run("get", scripts::kLook, key, {});
      require("get", reply->type == REDIS_REPLY_ARRAY && reply->elements == 2);
      found.stamp = {number_in(*reply->element[0]), 0, number_in(*reply->element[1])};
    }
    return found;
  }

  [[nodiscard]] const std::string& name() const noexcept override { return url_.name; }

 private:
  static inline const std::string kRemembered =
      std::to_string(Milliseconds(SharedCache::kRemembers).count());

  // Whether it was stored; only an add may not be.
  bool write(const char* operation, std::string_view key, std::string_view value,
             const SharedExpiry& expiry, const SharedStamp* miss) {
    check_key(operation, key);
    check_value(operation, value, options_);
    const SharedExpiry used = checked(operation, expiry, options_);
    std::vector<std::string> more{text_of(used.after), text_of(used.at), text_of(used.sliding)};
    more.emplace_back(value);
    more.push_back(new_stamp());
    more.push_back(kRemembered);
    if (miss != nullptr) {
      more.push_back(std::to_string(miss->key));
      more.push_back(std::to_string(miss->seen_ms));
    }
    const Reply reply = run(operation, scripts::kSet, key, more);
    require(operation, reply->type == REDIS_REPLY_INTEGER);
    if (reply->integer < 0) {
      throw Error(operation, "the time at which the entry is to expire has passed already",
                  Error::Kind::invalid_argument);
    }
    return reply->integer == 1;
  }

  // What answers may be anything that speaks the protocol.
  void require(const char* operation, bool expected) const {
    if (!expected) {
      throw Error(operation, "the Redis server " + url_.name + " gives an answer of another form");
    }
  }

  Reply run(const char* operation, std::string_view script, std::string_view key,
            const std::vector<std::string>& arguments) {
    fork_guard_.refuse_child(operation);
    const std::string entry = url_.prefix + std::string(key);
    // No byte of UTF-8, so no key of anybody's.
    const std::string stamp = url_.prefix + "\xff" + std::string(key);
    std::vector<std::string_view> words{"EVAL", script, "2", entry, stamp};
    words.insert(words.end(), arguments.begin(), arguments.end());

    const auto connect = [this] { return std::make_unique<Connection>(url_); };
    auto session = pool_.take(deadline_after(url_.deadline), connect);
    if (!session) {
      throw Error(operation,
                  none_came_free(session_of(url_.name), {.most = options_.max_sessions},
                                 url_.deadline, kMoreSessions),
                  Error::Kind::retryable);
    }
    if (!(*session)->is_open()) {
      session->renew(connect);
    }
    try {
      Reply reply = (*session)->run(operation, words);
      session->keep();
      return reply;
    } catch (const Error&) {
      if ((*session)->still_good()) {
        session->keep();
      }
      throw;
    }
  }

  const Url url_;
  const SharedCacheOptions options_;
  const ForkGuard fork_guard_;
  Pool<Connection> pool_;
};

}  // namespace

std::unique_ptr<SharedCache> make_cache(std::string_view url, const SharedCacheOptions& options) {
  check_options(options);
  return std::make_unique<RedisCache>(parse_url(url), options);
}

}  // namespace crier::redis
