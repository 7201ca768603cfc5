// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include "soak/sql.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace crier::soak {

// Three caches, each of a part of the table. The first one's refresher is well, the second's throws
// at times, the third's is slow or hangs at times.
inline constexpr std::array<Guid, 3> kParts{
    Guid::parse("50a4b000-0000-4000-8000-000000000001").value(),
    Guid::parse("50a4b000-0000-4000-8000-000000000002").value(),
    Guid::parse("50a4b000-0000-4000-8000-000000000003").value(),
};
inline constexpr std::size_t kKeys = 64;
// A fourth part, of which nothing is kept but what a region loads.
inline constexpr Guid kItems = Guid::parse("50a4b000-0000-4000-8000-000000000004").value();
inline constexpr std::size_t kItemPart = kParts.size();
inline constexpr std::int64_t kItemKeys = 8;
inline constexpr std::array<std::string_view, kParts.size() + 1> kPartNames{"well", "throwing",
                                                                            "hanging", "items"};

// REQUIRES: one of kParts, or kItems.
[[nodiscard]] std::size_t part_of(const Guid& refresher);
// As a history calls it: "items/7".
[[nodiscard]] std::string key_name(std::size_t part, std::int64_t key);
// All that `instruction` names: "well/*", if it is everything.
[[nodiscard]] std::vector<std::string> keys_of(const Instruction& instruction);
// What the key of {"key":7,…} is.
[[nodiscard]] std::int64_t key_of(std::string_view payload);
// Such a payload, equal to no other with another `serial`.
[[nodiscard]] std::string payload_of(std::size_t key, const std::string& serial);

// Since 1970; what versions grow by.
[[nodiscard]] std::int64_t wall_microseconds();

// The version of each key; 0: the key is not there.
using Versions = std::array<std::int64_t, kKeys>;

struct Snapshot {
  Versions versions{};
  EntryId last_entry;
};

// The data: a version for each key of each part, which grows with each change, and by the clock: it
// does after a restore, too. Its database is that of the log. Throws as Sql does. Used by one
// thread at a time.
class Table {
 public:
  explicit Table(const std::string& store) : sql_(Sql::open(store)) {}
  // With all keys there.
  static void create(const std::string& store);

  // For a transaction, whose writers take turns.
  [[nodiscard]] Sql& sql() { return *sql_; }
  // What `instruction` tells of. In a transaction of the caller's.
  void change(const Instruction& instruction);
  // Appends to the log without crier. The same.
  EntryId append(const std::string& json, const std::string& originated, std::size_t count);

  [[nodiscard]] std::int64_t version(std::size_t part, std::int64_t key);
  // The last that was given to a key.
  [[nodiscard]] std::int64_t newest_version();
  // All of the part at one moment.
  [[nodiscard]] Snapshot all(std::size_t part);

 private:
  void change(std::size_t part, std::int64_t key);
  void grow();

  const std::unique_ptr<Sql> sql_;
};

}  // namespace crier::soak
