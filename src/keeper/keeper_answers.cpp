// SPDX-License-Identifier: MIT
// What a keeper tells those who ask, and what it hears by that.
#include "base/position.hpp"
#include "keeper/keeper.hpp"

namespace crier {

void Keeper::want_answer() noexcept {
  answer_wanted_ = true;
  bell_.ring();
}

void Keeper::answer(Connection& connection) {
  if (const auto order = heartbeat_.answer(connection)) {
    hear(*order);
  } else {
    tick_wanted_ = true;  // this step goes on with it
  }
}

void Keeper::hear(const PauseOrder& order) {
  if (position_.pause().hear(order, now_)) {
    store_.wakeup().ring();
  }
}

}  // namespace crier
