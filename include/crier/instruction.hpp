// SPDX-License-Identifier: MIT
#pragma once

#include <crier/export.hpp>
#include <crier/guid.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// What an instruction asks of its refresher. The numbers are Umbraco's `RefreshMethodType`, and
/// are what stands in the table.
enum class RefreshType : std::uint8_t {
  refresh_all = 0,
  refresh_by_guid = 1,
  refresh_by_id = 2,
  refresh_by_ids = 3,
  refresh_by_json = 4,
  remove_by_id = 5,
};

/// The name of the enum value, as in "refresh_by_ids". Static text.
[[nodiscard]] CRIER_EXPORT std::string_view to_string(RefreshType type) noexcept;

/// One order to one refresher. A plain value; only the field that `type` calls for has a meaning,
/// and the others keep their defaults (so equality is equality of meaning).
struct CRIER_EXPORT Instruction {
  Guid refresher;                               ///< whom it is for
  RefreshType type = RefreshType::refresh_all;  ///< what it asks
  Guid guid;                                    ///< refresh_by_guid
  std::int64_t id = 0;                          ///< refresh_by_id, remove_by_id
  std::vector<std::int64_t> ids;                ///< refresh_by_ids
  std::string payload;  ///< refresh_by_json: JSON text; empty: nothing to do

  /// An instruction of that type.
  /// @{
  [[nodiscard]] static Instruction refresh_all(const Guid& refresher);
  [[nodiscard]] static Instruction refresh_by_guid(const Guid& refresher, const Guid& guid);
  [[nodiscard]] static Instruction refresh_by_id(const Guid& refresher, std::int64_t id);
  [[nodiscard]] static Instruction refresh_by_ids(const Guid& refresher,
                                                  std::vector<std::int64_t> ids);
  [[nodiscard]] static Instruction refresh_by_json(const Guid& refresher, std::string payload);
  [[nodiscard]] static Instruction remove_by_id(const Guid& refresher, std::int64_t id);
  /// @}

  /// What it adds to its row's `instructionCount`: the number of ids for refresh_by_ids, else 1.
  [[nodiscard]] std::int64_t count() const noexcept;

  /// Equal in every part.
  friend bool operator==(const Instruction&, const Instruction&) = default;
};

/// The reserved refresher of canaries (see Canary): a refresh_all of it has no effect on any node.
inline constexpr Guid kCanary = Guid::parse("c71e5c71-e5c7-4e5c-8e5c-71e5c71e5c71").value();
/// The reserved refresher of requests that nodes refresh what they have (see ResyncRequest).
inline constexpr Guid kResyncRequest = Guid::parse("c71e5c71-e5c7-4e5c-8e5c-7e5c0a11ca11").value();
/// The reserved refresher of requests that nodes tell what their caches hold (see AuditRequest).
inline constexpr Guid kAuditRequest = Guid::parse("c71e5c71-e5c7-4e5c-8e5c-a0d170a11ca1").value();
/// Whether no refresher may bear it, since it is one of these three.
[[nodiscard]] constexpr bool is_reserved(const Guid& refresher) noexcept {
  return refresher == kCanary || refresher == kResyncRequest || refresher == kAuditRequest;
}

}  // namespace crier
