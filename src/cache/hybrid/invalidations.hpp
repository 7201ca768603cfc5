// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// What an instruction means to a hybrid cache. One reading of it, for who evicts, for who follows
// the log and for who keeps the record.
struct HybridOrders {
  bool all = false;  // it may concern any key
  std::vector<std::string> keys = {};
  std::vector<std::string> tags = {};

  [[nodiscard]] bool empty() const { return !all && keys.empty() && tags.empty(); }
};
[[nodiscard]] HybridOrders orders_of(const Instruction& instruction);
// Of its JSON: an array of {"key":"…"} and {"tag":"…"}. Anything else may concern any key.
[[nodiscard]] HybridOrders orders_in(std::string_view json);
[[nodiscard]] std::string json_of_key(std::string_view key);
[[nodiscard]] std::string json_of_tag(std::string_view tag);

// The number by which a record and a node know a key, a tag. Two that share one by chance are
// invalidated together.
[[nodiscard]] std::uint64_t mark_of_key(std::string_view key);
[[nodiscard]] std::uint64_t mark_of_tag(std::string_view tag);
// Of a value: its key, then its tags.
[[nodiscard]] std::vector<std::uint64_t> marks_of(std::string_view key,
                                                  std::span<const std::string> tags);

// What entries invalidate in the cache of one GUID.
struct Invalidations {
  bool all = false;
  std::vector<std::uint64_t> marks = {};

  [[nodiscard]] bool empty() const { return !all && marks.empty(); }
  void add(const HybridOrders& orders);
};
[[nodiscard]] Invalidations invalidations_of(std::span<const Instruction> instructions,
                                             const Guid& refresher);
// Of a whole entry: what could not be read may concern any key.
[[nodiscard]] Invalidations invalidations_of(const Decoded& entry, const Guid& refresher);

}  // namespace crier
