// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace crier {

// Whether an id is one of this log, by its check.
enum class IdCheck : std::uint8_t { same, other, unknown };

// The checks of the entries that were read last. One thread at a time.
class RecentChecks {
 public:
  void add(const Cursor& entry) { at(entry.id) = entry.id.with(entry.fingerprint); }
  void clear() { ids_ = {}; }

  [[nodiscard]] IdCheck compare(EntryId id) const {
    const EntryId& known = ids_[place(id)];
    if (known != id || known.check == 0) {
      return IdCheck::unknown;
    }
    return known.check == id.check ? IdCheck::same : IdCheck::other;
  }

 private:
  static constexpr std::size_t kSize = 4096;
  static std::size_t place(EntryId id) { return static_cast<std::uint64_t>(id.value) % kSize; }
  EntryId& at(EntryId id) { return ids_[place(id)]; }

  std::array<EntryId, kSize> ids_{};
};

}  // namespace crier
