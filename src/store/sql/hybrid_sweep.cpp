// SPDX-License-Identifier: MIT
// How values of a hybrid cache are found that nobody may serve any more.
#include "base/hybrid_made.hpp"
#include "store/sql/hybrid_records.hpp"
#include "store/sql/key_range.hpp"
#include "store/sql/transaction.hpp"

namespace crier::sql {

// Those of versions first: '#' comes before '/'.
SharedHalf::Swept HybridRecords::sweep(std::string_view cache, const std::string& place) {
  constexpr std::size_t kMostRows = 200;
  const std::string plain = std::string(cache) + '/';
  const std::string versions = std::string(cache) + '#';
  const bool is_plain = place >= plain;
  const std::string& prefix = is_plain ? plain : versions;
  const KeyRange range(prefix);
  return session_.call("sweep", [&] {
    session_.require_in_place_now_and_then();
    std::vector<Row> outdated;
    std::string last;
    std::size_t seen = 0;
    for (Rows row = page_.run({Value::key(cache), Value::key(std::max(place, prefix)), range.end(),
                               kMostRows, HybridMade::kMostBytes});
         row.step(); ++seen) {
      last = row.bytes(0);
      const std::string head = row.bytes(2);
      std::string_view rest = head;
      const HybridRecord record{static_cast<std::uint64_t>(row.integer(3)), {}, {row.integer(4)}};
      const auto made = HybridMade::take(rest);
      if (made && record.generation != 0 && made->is_void(record)) {
        outdated.push_back({last, row.integer(1)});
      }
    }
    SharedHalf::Swept swept;
    swept.removed = remove(outdated);
    if (seen == kMostRows) {
      swept.place = last;
    } else if (!is_plain) {
      swept.place = plain;
    }
    return swept;
  });
}

// Whoever has the lock is not waited for, but for a moment.
std::size_t HybridRecords::remove(std::span<const Row> rows) {
  std::size_t removed = 0;
  if (rows.empty()) {
    return removed;
  }
  Transaction write(session_, Begin::cache_renewal);
  for (const Row& row : rows) {
    removed += remove_.change({Value::key(row.key), row.stamp}) == 1 ? 1U : 0U;
  }
  write.commit();
  return removed;
}

}  // namespace crier::sql
