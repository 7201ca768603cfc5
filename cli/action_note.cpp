// SPDX-License-Identifier: MIT
#include "action_note.hpp"

#include <crier/error.hpp>

#include "user.hpp"

namespace crier::cli {

void note_action(const Session& session, Connection& connection, const std::string& what,
                 const std::string& node) {
  EventRecord event;
  event.kind = "action";
  event.node = node;
  event.detail = user_at_host() + ", with crier: " + what;
  try {
    connection.history().record({&event, 1});
  } catch (const Error& error) {
    session.say("this is not in the history (crier events): " + std::string(error.what()));
  }
}

}  // namespace crier::cli
