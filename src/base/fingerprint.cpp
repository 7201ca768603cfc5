// SPDX-License-Identifier: MIT
#include "base/fingerprint.hpp"

#include "base/hash.hpp"

#include <array>
#include <charconv>

namespace crier {

Fingerprint fingerprint_of(std::string_view utc_stamp, std::string_view originated,
                           std::int64_t instruction_count) noexcept {
  // A separator that no stamp holds: ("a", "bc") and ("ab", "c") must differ.
  constexpr std::string_view kSeparator{"\0", 1};
  std::array<char, 24> digits{};
  const char* end =
      std::to_chars(digits.data(), digits.data() + digits.size(), instruction_count).ptr;
  std::uint64_t hash = fnv1a64(utc_stamp);
  hash = fnv1a64(kSeparator, hash);
  hash = fnv1a64(originated, hash);
  hash = fnv1a64(kSeparator, hash);
  return {fnv1a64({digits.data(), end}, hash)};
}

Fingerprint Entry::fingerprint() const noexcept {
  return fingerprint_of(utc_stamp, originated, instruction_count);
}

}  // namespace crier
