// SPDX-License-Identifier: MIT
// What a keeper writes into the history of the log.
#include "keeper/keeper.hpp"

#include <algorithm>

namespace crier {

// What can't be written hurts nobody. When it happened is reckoned from now: the step may have
// begun long ago.
Duty Keeper::history() {
  return {"the history", [this](Connection& connection) {
            events_.write(connection, std::max(now_, Time::clock::now()));
          }};
}

Duty Keeper::progress() {
  return {"the history of the position", [this](Connection& connection) {
            if (const auto& told = heartbeat_.told()) {
              progress_.write(connection.history(), *told);
            }
          }};
}

// What the node has handled since its last beat, nobody would know of else. One that never beat has
// no row, and makes none to say goodbye.
Duty Keeper::last_beat() {
  return {"the last beat", [this](Connection& connection) {
            if (!events_.has_joined()) {
              return;
            }
            shown_ = position_.state();
            heartbeat_.beat(connection, shown_, heartbeat_.shown_role(),
                            persistent_position_.is_kept(), now_);
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
