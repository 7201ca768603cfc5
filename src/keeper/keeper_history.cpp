// SPDX-License-Identifier: MIT
// What a keeper writes into the history of the log.
#include "keeper/keeper.hpp"

namespace crier {

// What can't be written hurts nobody.
Duty Keeper::history() {
  return {"the history", [this](Connection& connection) { events_.write(connection, now_); }};
}

Duty Keeper::progress() {
  return {"the history of the position", [this](Connection& connection) {
            if (const auto& told = heartbeat_.told()) {
              progress_.write(connection.history(), *told);
            }
          }};
}

void Keeper::note_silent(Connection& connection, const Fence& /*fence*/) {
  const auto watched =
      std::chrono::duration_cast<std::chrono::milliseconds>(now_ - leadership_.watches_since());
  connection.history().record_silent(watched);
}

}  // namespace crier
