// SPDX-License-Identifier: MIT
#include "cache/redis/redis_cache.hpp"

#include <crier/error.hpp>
#include <crier/shared_half.hpp>

#include "base/cache_times.hpp"
#include "cache/redis/entry_reader.hpp"
#include "cache/redis/key_walk.hpp"
#include "cache/redis/redis_client.hpp"
#include "cache/redis/redis_half.hpp"
#include "cache/redis/redis_url.hpp"
#include "cache/redis/redis_words.hpp"
#include "cache/redis/scripts.hpp"
#include "cache/shared/check.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <hiredis/hiredis.h>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::redis {
namespace {

class RedisCache final : public SharedCache, public SharedHalf {
 public:
  RedisCache(Url url, const SharedCacheOptions& options)
      : client_(std::move(url), options.max_sessions), options_(options), records_(client_) {}

  std::optional<std::string> get(std::string_view key) override {
    check_key("get", key);
    return look("get", key, Renews::yes);
  }

  std::optional<std::string> peek(std::string_view key) override {
    check_key("get", key);
    return look("get", key, Renews::no);
  }

  std::vector<std::optional<std::string>> get_many(std::span<const std::string> keys) override {
    check_keys("get", keys);
    std::vector<std::optional<std::string>> values;
    values.reserve(keys.size());
    while (!keys.empty()) {
      const auto page = keys.first(std::min(keys.size(), kKeysInAPage));
      keys = keys.subspan(page.size());
      get_page(page, values);
    }
    return values;
  }

  void refresh(std::string_view key) override {
    check_key("refresh", key);
    look("refresh", key, Renews::yes, false);
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
    return run("remove", scripts::kRemove, key, {new_stamp(), kRemembered, std::string(value)}) ==
           1;
  }

  SharedLookup lookup(std::string_view key) override {
    check_key("get", key);
    SharedLookup found;
    found.value = look("get", key, Renews::yes, true, &found.stamp);
    return found;
  }

  void visit_keys(std::string_view prefix,
                  const std::function<bool(const std::string& key)>& visit) override {
    check_prefix("read", prefix);
    walk_keys(client_, "read", prefix, false, [&](const std::vector<std::string>& page) {
      return std::ranges::all_of(page, visit);
    });
  }

  std::size_t remove_by_prefix(std::string_view prefix) override {
    check_prefix("clear", prefix);
    const std::string of_cache = cache_stamp();
    const std::string stamp = new_stamp();
    static_cast<void>(
        client_.write("clear", {{"SET", of_cache, stamp, "PX", kRemembered}}, client_.deadline()));
    std::size_t entries = 0;
    walk_keys(client_, "clear", prefix, true, [&](const std::vector<std::string>& page) {
      entries += page.size();
      return true;
    });
    return entries;
  }

  [[nodiscard]] const std::string& name() const noexcept override { return client_.url().name; }

  Read read(std::string_view cache, std::string_view key,
            std::span<const std::uint64_t> marks) override {
    const Ask one{key, marks};
    return std::move(records_.read(cache, std::span(&one, 1)).front());
  }
  std::vector<Read> read_many(std::string_view cache, std::span<const Ask> asks) override {
    return records_.read(cache, asks);
  }
  Written write(const Write& write) override {
    check_size(write.data.size());
    return records_.write(write);
  }

  Swept sweep(std::string_view cache, const std::string& place) override {
    return records_.sweep(cache, place);
  }

  [[nodiscard]] SharedExpiry used(const SharedExpiry& expiry) const override {
    return checked("set", expiry, options_);
  }
  void check_size(std::size_t bytes) const override { check_size_of("set", bytes, options_); }

 private:
  static inline const std::string kRemembered = std::to_string(SharedCache::kRemembers.count());

  // What it has in Redis. No byte of UTF-8 in the last two, so no key of anybody's.
  [[nodiscard]] std::string entry_of(std::string_view key) const {
    return client_.url().prefix + std::string(key);
  }
  [[nodiscard]] std::string stamp_of(std::string_view key) const {
    return cache_stamp() + std::string(key);
  }
  [[nodiscard]] std::string cache_stamp() const { return client_.url().prefix + "\xff"; }

  enum class Renews : bool { no, yes };

  // The entry's value, if it has one and that is asked for; else, if asked for, what add() takes.
  // All in one journey, of plain commands, and a second one if a renewal is due.
  std::optional<std::string> look(const char* operation, std::string_view key, Renews renews,
                                  bool with_value = true, SharedStamp* stamp = nullptr) {
    const Time ends = client_.deadline();
    const std::string entry = entry_of(key);
    const std::string of_key = stamp_of(key);
    const std::string of_cache = cache_stamp();
    Commands commands{{"TIME"}};
    EntryReader::ask(commands, entry, with_value);
    if (stamp != nullptr) {
      commands.push_back({"MGET", of_key, of_cache});
    }
    const std::vector<Reply> replies = client_.read(operation, commands, ends);
    const std::int64_t now = begin_of(operation, replies);
    const EntryReader found = entry_at(operation, replies, 1, now);
    if (found.seen()) {
      if (renews == Renews::yes && found.wants_renewal()) {
        renew(entry, ends);
      }
      return with_value ? std::optional(found.value()) : std::nullopt;
    }
    if (stamp != nullptr) {
      const redisReply& stamps = *replies.back();
      if (stamps.type != REDIS_REPLY_ARRAY || stamps.elements != 2) {
        client_.reject_answer(operation);
      }
      *stamp = {number_in(*stamps.element[0]).value_or(0),
                number_in(*stamps.element[1]).value_or(0), now / 1000};
    }
    return std::nullopt;
  }

  void get_page(std::span<const std::string> keys,
                std::vector<std::optional<std::string>>& values) {
    const Time ends = client_.deadline();
    std::vector<std::string> entries;
    entries.reserve(keys.size());
    Commands commands{{"TIME"}};
    for (const std::string& key : keys) {
      EntryReader::ask(commands, entries.emplace_back(entry_of(key)), true);
    }
    const std::vector<Reply> replies = client_.read("get", commands, ends);
    const std::int64_t now = begin_of("get", replies);
    Commands renewals;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const EntryReader found = entry_at("get", replies, 1 + i * EntryReader::kAnswers, now);
      values.push_back(found.seen() ? std::optional(found.value()) : std::nullopt);
      if (found.seen() && found.wants_renewal()) {
        renewals.push_back(renewal_of(entries[i]));
      }
    }
    if (!renewals.empty()) {
      client_.try_write(renewals, ends);
    }
  }

  // The answer to TIME, which is asked for first.
  [[nodiscard]] std::int64_t begin_of(const char* operation,
                                      const std::vector<Reply>& replies) const {
    const std::optional<std::int64_t> now = time_in(*replies.front());
    if (!now) {
      client_.reject_answer(operation);
    }
    return *now;
  }
  [[nodiscard]] EntryReader entry_at(const char* operation, const std::vector<Reply>& replies,
                                     std::size_t index, std::int64_t now) const {
    const std::optional<EntryReader> found = EntryReader::read(&replies[index], now);
    if (!found) {
      client_.reject_answer(operation);
    }
    return *found;
  }
  void renew(const std::string& entry, Time ends) { client_.try_write({renewal_of(entry)}, ends); }
  [[nodiscard]] static Command renewal_of(const std::string& entry) {
    return {"EVAL", scripts::kRenew, "1", entry};
  }

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
      more.push_back(std::to_string(miss->cache));
      more.push_back(std::to_string(miss->seen_ms));
    }
    const long long stored = run(operation, scripts::kSet, key, more);
    if (stored < 0) {
      throw Error(operation, "the time at which the entry is to expire has passed already",
                  Error::Kind::invalid_argument);
    }
    return stored == 1;
  }

  // The number that the script returns.
  long long run(const char* operation, std::string_view script, std::string_view key,
                const std::vector<std::string>& arguments) {
    const std::string entry = entry_of(key);
    const std::string of_key = stamp_of(key);
    const std::string of_cache = cache_stamp();
    Command words{"EVAL", script, "3", entry, of_key, of_cache};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Reply reply = std::move(client_.write(operation, {words}, client_.deadline()).front());
    if (reply->type != REDIS_REPLY_INTEGER) {
      client_.reject_answer(operation);
    }
    return reply->integer;
  }

  Client client_;
  const SharedCacheOptions options_;
  Records records_;
};

}  // namespace

std::unique_ptr<SharedCache> make_cache(std::string_view url, const SharedCacheOptions& options) {
  check_options(options);
  return std::make_unique<RedisCache>(parse_url(url), options);
}

}  // namespace crier::redis
