// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cache_table.hpp>
#include <crier/admin/hybrid_table.hpp>

#include "store/sql/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::sql {

class HybridRecords final : public HybridTable {
 public:
  // `entries` are of the same session.
  HybridRecords(Session& session, SharedCacheTable& entries)
      : session_(session), entries_(entries) {}

  SharedHalf::Read read(std::string_view cache, std::string_view key,
                        std::span<const std::uint64_t> marks) override;
  std::vector<SharedHalf::Read> read_many(std::string_view cache,
                                          std::span<const SharedHalf::Ask> asks) override;
  SharedHalf::Written write(const SharedHalf::Write& write) override;
  SharedHalf::Swept sweep(std::string_view cache, const std::string& place) override;
  Fingerprint origin() override;

 private:
  // Their values and the record, as of one moment: by their keys as the session lists them.
  std::vector<SharedHalf::Read> read_listed(std::string_view cache,
                                            std::span<const SharedHalf::Ask> asks,
                                            const std::string& keys);
  // Those beyond the most go, all that are as old at once. Returns how far the floor is raised.
  std::int64_t forget_marks(std::string_view cache);
  void store(const SharedHalf::Write& write);
  // A row of the shared cache, as it was seen.
  struct Row {
    std::string key;
    std::int64_t stamp;
  };
  // Those alone that nobody has written since. Returns how many.
  std::size_t remove(std::span<const Row> rows);

  Session& session_;
  SharedCacheTable& entries_;
  Statement read_{session_, "hybrid_read"};
  Statement read_many_{session_, "hybrid_read_many"};
  Statement read_all_{session_, "hybrid_read_all"};
  Statement lock_{session_, "hybrid_lock"};
  Statement make_{session_, "hybrid_make"};
  Statement put_{session_, "hybrid_put"};
  Statement mark_{session_, "hybrid_mark"};
  Statement oldest_{session_, "hybrid_oldest"};
  Statement forget_{session_, "hybrid_forget"};
  Statement page_{session_, "hybrid_page"};
  Statement remove_{session_, "cache_remove_seen"};
  Statement origin_{session_, "hybrid_origin"};
  Statement now_{session_, "now"};
  Statement set_{session_, "cache_set"};
};

}  // namespace crier::sql
