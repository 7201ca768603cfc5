// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace crier {

/// The id of an entry of the instruction log: it grows by one with each entry, and is never used
/// again. 0 is before the first entry; a publish on a single server (no log) returns it.
struct CRIER_EXPORT EntryId {
  std::int64_t value = 0;

  /// Decimal, for a cookie or a header: "42".
  [[nodiscard]] std::string to_string() const;
  /// What to_string() wrote; nothing for anything else, and for a number below 0.
  [[nodiscard]] static std::optional<EntryId> parse(std::string_view text) noexcept;

  friend constexpr auto operator<=>(const EntryId&, const EntryId&) = default;
};

/// Tells two rows that bear the same id apart (after a restore or a recreated table): a hash of
/// the row's stamp, origin and count. The same in every process and on every store.
struct Fingerprint {
  std::uint64_t value = 0;
  friend constexpr bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

/// One row of the instruction log. A plain value.
struct CRIER_EXPORT Entry {
  EntryId id;
  std::string utc_stamp;               ///< the database's clock, "2026-11-21 10:00:00.123"
  std::string originated;              ///< who wrote it, compared byte by byte
  std::int64_t instruction_count = 1;  ///< what the writer says it holds
  std::string json_instruction;        ///< as it stands in the table; read it with decode()

  [[nodiscard]] Fingerprint fingerprint() const noexcept;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// An entry that is yet to be appended: the store gives it its id and stamp.
struct NewEntry {
  std::string originated;
  std::int64_t instruction_count = 1;
  std::string json_instruction;
};

/// A place in the log: the last entry that was handled, and that row's fingerprint (the anchor by
/// which a replaced log is noticed). The default stands before the first entry.
struct Cursor {
  EntryId id;
  Fingerprint fingerprint;
  friend bool operator==(const Cursor&, const Cursor&) = default;
};

}  // namespace crier
