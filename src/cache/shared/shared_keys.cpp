// SPDX-License-Identifier: MIT
#include <crier/shared_cache.hpp>

#include <set>

namespace crier {

std::vector<std::string> SharedCache::keys(std::string_view prefix, std::size_t limit) {
  std::set<std::string> found;
  if (limit != 0) {
    visit_keys(prefix, [&](const std::string& key) {
      found.insert(key);
      return found.size() < limit;
    });
  }
  return {found.begin(), found.end()};
}

}  // namespace crier
