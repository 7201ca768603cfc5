// SPDX-License-Identifier: MIT
#include "action_note.hpp"

#include <crier/error.hpp>

#include "user.hpp"

namespace crier::cli {

void record_action(Connection& connection, const std::string& who_and_what,
                   const std::string& node) {
  EventRecord event;
  event.kind = "action";
  event.node = node;
  event.detail = who_and_what;
  connection.history().record({&event, 1});
}

void note_action(const Session& session, Connection& connection, const std::string& what,
                 const std::string& node) {
  try {
    record_action(connection, user_at_host() + ", with crier: " + what, node);
  } catch (const Error& error) {
    session.say("this is not in the history (crier events): " + std::string(error.what()));
  }
}

}  // namespace crier::cli
