// SPDX-License-Identifier: MIT
// Whoever may connect can send any NOTIFY, and a server may say anything.
#include "fuzz/fuzz.hpp"
#include "store/postgres/listener_spread.hpp"
#include "store/postgres/notify_payload.hpp"
#include "store/postgres/server_words.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace crier::test {

void try_input(std::string_view input) {
  using postgres::NotifyPayload;
  const NotifyPayload note = postgres::parse_payload(input);
  const bool is_ours = !note.from.empty();
  require(is_ours || note.kind == NotifyPayload::Kind::ring, "what is nobody's is a ring");
  if (is_ours) {
    const bool is_proof = note.kind == NotifyPayload::Kind::proof;
    const std::string again =
        is_proof ? postgres::proof_payload(note.from) : postgres::ring_payload(note.from);
    const NotifyPayload same = postgres::parse_payload(again);
    require(same.kind == note.kind && same.from == note.from, "a note that is sent comes back");
    require(input.size() == again.size(), "a name has one length");
  }

  // Each line is a note, a moment after the last.
  postgres::ListenerSpread spread;
  auto now = std::chrono::steady_clock::time_point{};
  for (std::string_view rest = input; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (const NotifyPayload one = postgres::parse_payload(line); !one.from.empty()) {
      spread.heard(one.from, now += std::chrono::milliseconds(line.size()));
    }
    require(spread.spread() <= std::chrono::milliseconds(5), "looks wait no longer than that");
  }

  const postgres::Refusal refusal = postgres::parse_refusal(input);
  require(refusal.message.find('\n') == std::string::npos, "what a server says is one line");
  require(refusal.message.size() <= 2100 && refusal.codes.size() <= 200, "and no long one");
}

}  // namespace crier::test
