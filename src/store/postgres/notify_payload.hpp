// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crier::postgres {

// What a NOTIFY of crier's says: somebody rings or, if it is a proof, only that notes arrive.
// `from` is the name of a NotifyWakeup. Anything else that comes over the channel, as from
// somebody's own SQL, is a ring from nobody.
struct NotifyPayload {
  bool is_proof = false;
  std::string_view from;
};

// In SQL, for the name of a channel and a note of these; neither needs quoting.
[[nodiscard]] inline std::string notify_sql(std::string_view channel, std::string_view note) {
  return std::string("NOTIFY ").append(channel).append(", '").append(note).append("'");
}

inline constexpr std::string_view kRingMark = "cr c";
inline constexpr std::string_view kProofMark = "cr p";

[[nodiscard]] inline std::string ring_payload(std::string_view from) {
  return std::string(kRingMark).append(from);
}

[[nodiscard]] inline std::string proof_payload(std::string_view from) {
  return std::string(kProofMark).append(from);
}

[[nodiscard]] inline NotifyPayload parse_payload(std::string_view text) {
  constexpr std::string_view kBegin = "cr ";
  if (text.size() <= kBegin.size() || !text.starts_with(kBegin)) {
    return {};
  }
  return {text.starts_with(kProofMark), text.substr(kRingMark.size())};
}

}  // namespace crier::postgres
