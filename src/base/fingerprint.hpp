// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <cstdint>
#include <string_view>

namespace crier {

// What an entry's JSON adds to its fingerprint. Megabytes take a millisecond. Of what is larger
// than any node publishes it is the length alone: a store may not get to read the rest.
[[nodiscard]] std::uint64_t digest_of(std::string_view json) noexcept;
inline constexpr std::uint64_t kLargestDigested = 16 * 1024 * 1024;
[[nodiscard]] std::uint64_t digest_of_length(std::uint64_t length) noexcept;
[[nodiscard]] Fingerprint fingerprint_of(std::string_view utc_stamp, std::string_view originated,
                                         std::int64_t instruction_count,
                                         std::uint64_t json_digest) noexcept;
// Of all but the stamp, which the database gives; and with it.
[[nodiscard]] Fingerprint text_fingerprint_of(std::string_view originated,
                                              std::int64_t instruction_count,
                                              std::uint64_t json_digest) noexcept;
[[nodiscard]] Fingerprint stamped(Fingerprint text, std::string_view utc_stamp) noexcept;
// As the first version of crier has kept it, without the JSON.
[[nodiscard]] Fingerprint first_fingerprint_of(const Entry& entry) noexcept;

}  // namespace crier
