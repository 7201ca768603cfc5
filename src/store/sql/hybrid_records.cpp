// SPDX-License-Identifier: MIT
#include "store/sql/hybrid_records.hpp"

#include "base/cache_times.hpp"
#include "base/hybrid_marks.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace crier::sql {
namespace {

using std::chrono::milliseconds;

// So many marks may be added until they are counted again.
constexpr std::int64_t kUncounted = 1024;

// SQL's numbers have a sign.
std::int64_t signed_of(std::uint64_t number) { return static_cast<std::int64_t>(number); }

// From the column of the generation on.
HybridRecord record_in(const Rows& row, int column) {
  return {static_cast<std::uint64_t>(row.integer(column)),
          {{row.integer(column + 1)}, {static_cast<std::uint64_t>(row.integer(column + 2))}},
          {row.integer(column + 3)}};
}

void add_to(std::string& list, std::uint64_t number) {
  list.append(list.empty() ? "" : ",").append(std::to_string(signed_of(number)));
}

std::string list_of(std::span<const std::uint64_t> numbers) {
  std::string list;
  for (const std::uint64_t number : numbers) {
    add_to(list, number);
  }
  return list;
}

// From the columns of the times on. `due`: whether it wants to be renewed.
SharedHalf::Value value_in(const Rows& row, int column, std::int64_t now, std::string data,
                           bool& due) {
  const CacheTimes times{row.number(column), row.number(column + 1), row.number(column + 2)};
  SharedHalf::Value value{std::move(data)};
  if (times.expires) {
    value.left = milliseconds(*times.expires - now);
  }
  if (times.sliding) {
    value.sliding = milliseconds(*times.sliding);
  }
  due = times.wants_renewal(now);
  return value;
}

}  // namespace

SharedHalf::Read HybridRecords::read(std::string_view cache, std::string_view key,
                                     std::span<const std::uint64_t> marks) {
  SharedHalf::Read found;
  bool wants_renewal = false;
  session_.call("get", [&] {
    session_.require_in_place_now_and_then();
    Rows row = marks.size() == 1
                   ? read_.run({Value::key(key), Value::key(cache), signed_of(marks[0])})
                   : read_many_.run({Value::key(key), Value::key(cache), list_of(marks)});
    row.step();
    if (!row.is_null(4)) {
      found.value = value_in(row, 1, row.integer(0), row.bytes(4), wants_renewal);
    }
    found.record = row.is_null(5) ? HybridRecord() : record_in(row, 5);
    found.newest_mark = {row.integer(9)};
  });
  if (wants_renewal) {
    entries_.refresh(key);
  }
  return found;
}

std::vector<SharedHalf::Read> HybridRecords::read_many(std::string_view cache,
                                                       std::span<const SharedHalf::Ask> asks) {
  std::vector<std::string> keys;
  keys.reserve(asks.size());
  for (const SharedHalf::Ask& ask : asks) {
    keys.emplace_back(ask.key);
  }
  if (const std::string list = session_.key_list(keys); !list.empty()) {
    return read_listed(cache, asks, list);
  }
  std::vector<SharedHalf::Read> reads;
  for (const SharedHalf::Ask& ask : asks) {
    reads.push_back(read(cache, ask.key, ask.marks));
  }
  return reads;
}

std::vector<SharedHalf::Read> HybridRecords::read_listed(std::string_view cache,
                                                         std::span<const SharedHalf::Ask> asks,
                                                         const std::string& keys) {
  HybridRecord record;
  HybridMarks marks(asks);
  std::unordered_map<std::string, SharedHalf::Value> values;
  std::vector<std::string> due;
  std::string list = "0";  // that of the record
  for (const auto& [mark, entry] : marks.known()) {
    add_to(list, mark);
  }
  session_.call("get", [&] {
    session_.require_in_place_now_and_then();
    for (Rows row = read_all_.run({Value::literal(keys), Value::key(cache), list}); row.step();) {
      if (!row.is_null(5)) {
        bool is_due = false;
        std::string key = row.bytes(5);
        SharedHalf::Value value = value_in(row, 2, row.integer(1), row.bytes(6), is_due);
        if (is_due) {
          due.push_back(key);
        }
        values.emplace(std::move(key), std::move(value));
      } else if (row.integer(0) == 0) {
        record = record_in(row, 1);
      } else {
        marks.known()[static_cast<std::uint64_t>(row.integer(0))] = {row.integer(2)};
      }
    }
  });
  if (!due.empty()) {
    static_cast<void>(entries_.get_many(due));  // which renews them, all at once
  }
  std::vector<SharedHalf::Read> reads;
  reads.reserve(asks.size());
  for (const SharedHalf::Ask& ask : asks) {
    SharedHalf::Read& one = reads.emplace_back();
    one.record = record;
    one.newest_mark = marks.newest(ask.marks);
    if (const auto found = values.find(std::string(ask.key)); found != values.end()) {
      one.value = std::move(found->second);
      values.erase(found);
    }
  }
  return reads;
}

SharedHalf::Written HybridRecords::write(const SharedHalf::Write& write) {
  return session_.call("set", [&]() -> SharedHalf::Written {
    Transaction change(session_, Begin::hybrid);
    const Value cache = Value::key(write.cache);
    SharedHalf::Written now;
    std::int64_t added = 0;
    const auto look = [&] {
      Rows row = lock_.run({cache});
      const bool there = row.step();
      if (there) {
        now.record = record_in(row, 0);
        added = row.integer(4);
      }
      return there;
    };
    if (!look()) {
      make_.change({cache});
      look();
    }
    if (now.record != write.expected) {
      return now;
    }
    HybridRecord next = write.next;
    if (next.generation != now.record.generation) {
      forget_.change({cache, std::numeric_limits<std::int64_t>::max()});
      added = 0;
    }
    for (const HybridMark& mark : write.marks) {
      mark_.change({cache, signed_of(mark.what), mark.entry.value});
      ++added;
    }
    if (added > kUncounted) {
      next.floor.value = std::max(next.floor.value, forget_marks(write.cache));
      added = 0;
    }
    put_.change({cache, next.through.id.value, signed_of(next.through.fingerprint.value),
                 signed_of(next.generation), next.floor.value, added});
    if (!write.key.empty()) {
      store(write);
    }
    change.commit();
    return {true, next};
  });
}

std::int64_t HybridRecords::forget_marks(std::string_view cache) {
  std::int64_t oldest = 0;
  if (Rows row = oldest_.run({Value::key(cache), SharedHalf::kMostMarks}); row.step()) {
    oldest = row.integer(0);
  }
  if (oldest != 0) {
    forget_.change({Value::key(cache), oldest});
  }
  return oldest;
}

void HybridRecords::store(const SharedHalf::Write& write) {
  std::int64_t now = 0;
  if (Rows row = now_.run(); row.step()) {
    now = row.integer(0);
  }
  const CacheTimes times = CacheTimes::at_set("set", write.expiry, now);
  set_.change({Value::key(write.key), times.expires, times.sliding, times.absolute,
               Value::bytes(write.data)});
}

Fingerprint HybridRecords::origin() {
  return session_.call("read", [&]() -> Fingerprint {
    Rows row = origin_.run();
    return {row.step() ? static_cast<std::uint64_t>(row.integer(0)) : 0};
  });
}

}  // namespace crier::sql
