// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace crier::postgres {

// What a NOTIFY says. Any role that may connect can send one, with anything in it: whatever is none
// of crier's is a ring from nobody.
struct NotifyPayload {
  enum class Kind {
    ring,   // somebody has published
    proof,  // notes arrive, and no more than that
  };
  Kind kind = Kind::ring;
  Guid from = {};  // the name of a NotifyWakeup; empty: nobody's
};

// In SQL, for the name of a channel as it stands there and a note of these, which needs no quoting.
[[nodiscard]] inline std::string notify_sql(std::string_view channel, std::string_view note) {
  return std::string("NOTIFY ").append(channel).append(", '").append(note).append("'");
}

inline constexpr std::string_view kRingMark = "cr c";
inline constexpr std::string_view kProofMark = "cr p";

[[nodiscard]] inline std::string ring_payload(const Guid& from) {
  return std::string(kRingMark).append(from.to_string());
}

[[nodiscard]] inline std::string proof_payload(const Guid& from) {
  return std::string(kProofMark).append(from.to_string());
}

[[nodiscard]] inline NotifyPayload parse_payload(std::string_view text) {
  constexpr std::string_view kBegin = "cr ";
  constexpr std::size_t kGuid = 36;
  // Earlier criers have other letters for rings.
  if (!text.starts_with(kBegin) || text.size() != kRingMark.size() + kGuid) {
    return {};
  }
  const std::optional<Guid> from = Guid::parse(text.substr(kRingMark.size()));
  if (!from) {
    return {};
  }
  return {text.starts_with(kProofMark) ? NotifyPayload::Kind::proof : NotifyPayload::Kind::ring,
          *from};
}

}  // namespace crier::postgres
