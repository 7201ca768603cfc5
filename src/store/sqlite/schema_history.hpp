// SPDX-License-Identifier: MIT
#pragma once

#include "store/sqlite/open_files.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace crier::sqlite {

// The schema of a database, as a store's connections have met it. SQLite counts its changes, and a
// backup that is restored in place counts as one, whatever it holds: so does VACUUM. What only adds
// to a schema is no restore. Thread-safe.
class SchemaHistory {
 public:
  // Which file it is in, and SQLite's count.
  using Version = std::pair<FileIdentity, std::int64_t>;
  using Objects = std::set<std::string>;

  // Nothing has changed since the last meet() of that version.
  [[nodiscard]] bool is_known(const Version& version) const {
    const std::lock_guard lock(mutex_);
    return lineage_ != 0 && version == version_;
  }
  // Another file begins anew: who had the last one open is told by OpenFile.
  void meet(const Version& version, Objects objects) {
    const std::lock_guard lock(mutex_);
    const bool only_added =
        objects.size() > objects_.size() &&
        std::includes(objects.begin(), objects.end(), objects_.begin(), objects_.end());
    if (lineage_ == 0 || (version != version_ && version.first == version_.first && !only_added)) {
      ++lineage_;
    }
    version_ = version;
    objects_ = std::move(objects);
  }
  // Another number for each schema that may be another database's. 0: none was met.
  [[nodiscard]] std::uint64_t lineage() const {
    const std::lock_guard lock(mutex_);
    return lineage_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t lineage_ = 0;  // guarded by mutex_, as are the next
  Version version_;
  Objects objects_;
};

}  // namespace crier::sqlite
