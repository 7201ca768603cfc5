// SPDX-License-Identifier: MIT
#include "commands/cache_keys.hpp"

#include "arguments.hpp"
#include "base/redis_scheme.hpp"
#include "commands/commands.hpp"
#include "confirm.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "printable.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace crier::cli {
namespace {

// Asks before values go that can still be read. `keys` gives so many of them at the most.
bool may_clear(const Session& session, const KeysArguments& given,
               const std::function<std::vector<std::string>(std::size_t)>& keys) {
  constexpr std::size_t kMost = 1000;
  if (given.yes || !session.asks) {
    return true;
  }
  const std::size_t found = keys(kMost + 1).size();
  if (found == 0) {
    return true;
  }
  const bool may = confirm(
      session,
      "remove " + (found > kMost ? "more than " : std::string()) +
          std::to_string(std::min(found, kMost)) + (found == 1 ? " entry" : " entries") +
          (given.prefix.empty() ? ""
                                : (found == 1 ? " that begins with " : " that begin with ") +
                                      in_quotes(given.prefix)) +
          ", which can still be read?");
  if (!may) {
    session.say("nothing was removed");
  }
  return may;
}

void print_cleared(const Session& session, std::size_t entries) {
  session.put(session.json
                  ? line_of({{"entries", entries}})
                  : "removed " + std::to_string(entries) + (entries == 1 ? " entry" : " entries"));
}

// Anybody's entries look the same there.
int clear_redis(Session& session, const KeysArguments& given) {
  const auto cache = open_cache(session);
  const std::string& prefix = given.prefix;
  if (prefix.empty() && cache->name().find("?prefix=") == std::string::npos) {
    throw usage_error(
        "this Redis may hold the entries of others: say which to remove, by --prefix or by "
        "?prefix=TEXT in the URL");
  }
  if (!may_clear(session, given, [&](std::size_t most) { return cache->keys(prefix, most); })) {
    return kNotSo;
  }
  print_cleared(session, cache->remove_by_prefix(prefix));
  return 0;
}

}  // namespace

std::unique_ptr<SharedCache> open_cache(const Session& session, const SharedCacheOptions& options) {
  if (!is_redis_url(session.require_store())) {
    static_cast<void>(session.open(Access::read_only));
  }
  return open_shared_cache(session.require_store(), options);
}

int run_cache_list(Session& session, const KeysArguments& given) {
  const std::size_t limit = parse_count("--limit", given.limit);
  std::vector<std::string> keys = open_cache(session)->keys(given.prefix, limit + 1);
  const bool more = keys.size() > limit;
  if (more) {
    keys.pop_back();
  }
  for (const std::string& key : keys) {
    if (!session.put(session.json ? line_of({{"key", key}}) : printable(key))) {
      return 1;
    }
  }
  if (more) {
    session.say("there are more: raise --limit, or name a longer --prefix");
  }
  return 0;
}

int run_cache_clear(Session& session, const KeysArguments& given) {
  constexpr std::size_t kChunk = 1000;
  if (is_redis_url(session.require_store())) {
    return clear_redis(session, given);
  }
  const OpenLog log = session.open(Access::read_write);
  if (!may_clear(session, given, [&](std::size_t most) {
        return log.connection->cache().keys(given.prefix, "", most);
      })) {
    return kNotSo;
  }
  session.interrupt.catch_signals();
  std::size_t entries = 0;
  CacheCleaned chunk;
  do {
    chunk = log.connection->cache().clear(given.prefix, kChunk);
    entries += chunk.entries;
  } while (chunk.more && !session.interrupt.requested());
  print_cleared(session, entries);
  if (chunk.more) {
    session.say("interrupted: there may be more to remove");
    return 130;
  }
  return 0;
}

}  // namespace crier::cli
