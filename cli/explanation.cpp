// SPDX-License-Identifier: MIT
#include "explanation.hpp"

#include <crier/observer.hpp>

#include "arguments.hpp"
#include "base/utc_stamp.hpp"
#include "log_walk.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace crier::cli {

namespace {

// Entries after which it is asked whether to go on: that may cost more than to look at one.
constexpr std::size_t kBetweenQuestions = 1024;

// Those that nodes could not read, or not in part.
std::set<EntryId> unread_entries(FailureLog& failures) {
  std::set<EntryId> entries;
  for (const FailureRecord& failure : failures.list()) {
    if (failure.kind == FailureKind::unreadable) {
      entries.insert(failure.entry);
    }
  }
  return entries;
}

bool may_be_of_time(const Entry& entry, const ExplainQuery& query) {
  if (!query.since && !query.until) {
    return true;
  }
  const auto time = parse_utc_stamp(entry.utc_stamp);
  return !time ||
         ((!query.since || *time >= *query.since) && (!query.until || *time <= *query.until));
}

}  // namespace

Key key_of(const WrittenKey& written, const Names& names) {
  const auto& [refresher, key, path] = written;
  if (key.text.empty()) {
    throw usage_error(std::string(key.argument) + ": it is empty");
  }
  std::vector<std::string> pointer = parse_pointer(path.argument, path.text);
  const Guid guid = names.resolve(refresher.argument, refresher.text);
  if (guid.empty() || is_reserved(guid)) {
    throw usage_error(std::string(refresher.argument) + ": no refresher can bear this GUID");
  }
  return {guid, key.text, std::move(pointer)};
}

std::optional<std::vector<Explained>> explain(Connection& connection, const ExplainQuery& query,
                                              const std::function<bool()>& go_on) {
  const std::set<EntryId> unread = unread_entries(connection.failures());
  std::vector<Concerned> found;
  bool whole = true;
  std::size_t looked_at = 0;
  walk_backward(connection.log(), [&](const Entry& entry) {
    whole = looked_at++ % kBetweenQuestions != 0 || go_on();
    if (!whole) {
      return false;
    }
    auto concerned = query.key.find_in(entry, unread.contains(entry.id));
    if (concerned && may_be_of_time(entry, query)) {
      found.push_back(std::move(*concerned));
    }
    return found.size() < query.limit;
  });
  if (!whole) {
    return std::nullopt;
  }
  std::ranges::reverse(found);
  std::vector<EntryId> ids;
  for (const Concerned& concerned : found) {
    ids.push_back(concerned.entry.id);
  }
  const Fates fates(connection, ids, query.key.refresher(), query.utc);
  std::vector<Explained> explained;
  for (Concerned& concerned : found) {
    std::vector<NodeFate> nodes = fates.of(concerned);
    explained.push_back({std::move(concerned), std::move(nodes)});
  }
  return explained;
}

}  // namespace crier::cli
