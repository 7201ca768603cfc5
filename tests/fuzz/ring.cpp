// SPDX-License-Identifier: MIT
// A slot of the ring may hold anything: whoever may write the database may write there.
#include "fuzz/fuzz.hpp"
#include "store/sqlite/entry_ring.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace crier::test {

void try_input(std::string_view input) {
  const sqlite::EntryRing ring("crierCacheInstruction", 0);
  const Cursor before{{7}, {70}};
  Entry found;
  if (const auto following = ring.read(input, before, found)) {
    sqlite::EntryRing::Slot slot{};
    const std::size_t size = ring.write(before, found, *following, slot);
    require(input.substr(0, size) == std::string_view(slot.data(), size),
            "what is read is what was put");
  }
  // The same bytes as what an entry says.
  Entry entry{{8}, "2026-11-21 10:00:00.123", "web-1/x", 1, std::string(input)};
  sqlite::EntryRing::Slot slot{};
  const std::size_t size = ring.write(before, entry, 1, slot);
  require(size == 0 || (ring.read({slot.data(), size}, before, found) == 1 && found == entry),
          "what was put is read");
}

}  // namespace crier::test
