// SPDX-License-Identifier: MIT
#include "store/sql/hybrid_records.hpp"

#include "base/cache_times.hpp"
#include "store/sql/transaction.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>

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

std::string list_of(std::span<const std::uint64_t> numbers) {
  std::string list;
  for (const std::uint64_t number : numbers) {
    list.append(list.empty() ? "" : ",").append(std::to_string(signed_of(number)));
  }
  return list;
}

std::optional<std::int64_t> maybe(const Rows& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
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
    const std::int64_t now = row.integer(0);
    const CacheTimes times{maybe(row, 1), maybe(row, 2), maybe(row, 3)};
    if (!row.is_null(4)) {
      found.value.emplace(SharedHalf::Value{row.bytes(4)});
      if (times.expires) {
        found.value->left = milliseconds(*times.expires - now);
      }
      if (times.sliding) {
        found.value->sliding = milliseconds(*times.sliding);
      }
      wants_renewal = times.wants_renewal(now);
    }
    found.record = row.is_null(5) ? HybridRecord() : record_in(row, 5);
    found.newest_mark = {row.integer(9)};
  });
  if (wants_renewal) {
    entries_.refresh(key);
  }
  return found;
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
