// SPDX-License-Identifier: MIT
#pragma once

#include "soak/table.hpp"

#include <string>

namespace crier::soak {

// What a node caches of the table, in a file that is mapped: what was stored stays when the process
// is killed at once, so it is kept before any position that says so. Every store is atomic.
class Cache {
 public:
  // Empty unless `keep` and the file is there.
  Cache(const std::string& file, bool keep);
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  void store(std::size_t part, std::size_t key, std::int64_t version);
  [[nodiscard]] std::int64_t version(std::size_t part, std::size_t key) const;

 private:
  std::array<Versions, kParts.size()>* versions_;
};

}  // namespace crier::soak
