// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/entry.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

[[nodiscard]] inline NewEntry new_entry(std::string json, std::int64_t count = 1,
                                        std::string originated = "test") {
  return {std::move(originated), count, std::move(json)};
}

/// Appends one entry.
inline EntryId append(Connection& connection, NewEntry entry) {
  return connection.log().append(std::vector{std::move(entry)});
}

using Ids = std::vector<std::int64_t>;

[[nodiscard]] inline Ids ids_of(const std::vector<Entry>& entries) {
  Ids ids;
  for (const Entry& entry : entries) {
    ids.push_back(entry.id.value);
  }
  return ids;
}

/// The ids of all entries of the log.
[[nodiscard]] inline Ids all_ids(Connection& connection) {
  return ids_of(connection.log().read_after({}, {SIZE_MAX, SIZE_MAX}).entries);
}

}  // namespace crier::test
