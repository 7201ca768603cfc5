// SPDX-License-Identifier: MIT
// What a keeper tells those who ask, how far this node is and what its caches hold, and what it
// hears by that.
#include "base/position.hpp"
#include "keeper/keeper.hpp"

#include <utility>

namespace crier {

void Keeper::want_answer() noexcept {
  answer_wanted_ = true;
  bell_.ring();
}

void Keeper::answer_audit(EntryId request, std::vector<AuditAnswer> caches) {
  audits_.put(request, std::move(caches));
  audit_wanted_ = true;
  bell_.ring();
}

// Before all that tells the position, which is taken first: whoever sees that this node is past a
// request finds its answer.
Duty Keeper::auditing() {
  return {"the answer to an audit", [this](Connection& connection) {
            shown_ = position_.state();
            audits_.write(connection.audit(), settings_.node);
          }};
}

void Keeper::answer(Connection& connection) {
  if (const auto order = heartbeat_.answer(connection, shown_)) {
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
