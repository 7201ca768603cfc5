// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

/// Tells two rows that bear the same id apart (after a restore or a recreated table): a hash of all
/// else that the row holds. The same in every process and on every store.
struct Fingerprint {
  std::uint64_t value = 0;  ///< the hash
  /// By the hash.
  friend constexpr bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// The id of an entry of the instruction log: it grows by one with each entry, and is never used
/// again. 0 is before the first entry; a publish on a single server (no log) returns it.
struct CRIER_EXPORT EntryId {
  std::int64_t value = 0;  ///< the number
  /// A part of the entry's fingerprint, by which a wait tells an id of another log, or of one that
  /// was restored since, from one of this. 0: not known. A publish gives it if it can. Ids compare
  /// by their number alone.
  std::uint32_t check = 0;

  /// The same id with the check of that fingerprint, which is never 0.
  [[nodiscard]] constexpr EntryId with(Fingerprint fingerprint) const noexcept {
    const auto part = static_cast<std::uint32_t>(fingerprint.value & 0xff'ffffU);
    return {value, part == 0 ? 1 : part};
  }
  /// For a cookie or a header: "42-0c7f3a", or "42" if the check is not known.
  [[nodiscard]] std::string to_string() const;
  /// What to_string() wrote; nothing for anything else, and for a number below 0.
  [[nodiscard]] static std::optional<EntryId> parse(std::string_view text) noexcept;

  /// By the number alone.
  friend constexpr auto operator<=>(const EntryId& a, const EntryId& b) noexcept {
    return a.value <=> b.value;
  }
  /// By the number alone.
  friend constexpr bool operator==(const EntryId& a, const EntryId& b) noexcept {
    return a.value == b.value;
  }
};

/// One row of the instruction log. A plain value.
struct CRIER_EXPORT Entry {
  EntryId id;                          ///< its place in the log
  std::string utc_stamp;               ///< the database's clock, "2026-11-21 10:00:00.123"
  std::string originated;              ///< who wrote it, compared byte by byte
  std::int64_t instruction_count = 1;  ///< what the writer says it holds
  std::string json_instruction;        ///< as it stands in the table; read it with decode()

  /// By which another row under the same id is noticed.
  [[nodiscard]] Fingerprint fingerprint() const noexcept;
  /// Equal in every part.
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// An entry that is yet to be appended: the store gives it its id and stamp.
struct NewEntry {
  std::string originated;              ///< who writes it
  std::int64_t instruction_count = 1;  ///< how many instructions it holds
  std::string json_instruction;        ///< as encode() writes them
};

/// A place in the log: the last entry that was handled, and that row's fingerprint (the anchor by
/// which a replaced log is noticed). The default stands before the first entry.
struct Cursor {
  EntryId id;               ///< the last entry that was handled
  Fingerprint fingerprint;  ///< of that entry
  /// Equal in both parts.
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

}  // namespace crier
