// SPDX-License-Identifier: MIT
#include "keeper/keeper.hpp"

#include "base/reporter.hpp"

#include <exception>
#include <string>
#include <utility>

namespace crier {

namespace {

// What `body` threw; empty: nothing.
template <class Body>
std::string trouble_of(Body body) {
  try {
    body();
    return {};
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "what was thrown is not a std::exception";
  }
}

}  // namespace

Keeper::Keeper(Store& store, Reporter& reporter, const Position& position, Settings settings)
    : store_(store),
      reporter_(reporter),
      heartbeat_(reporter, position, settings.node, settings.stalled_after),
      leadership_(reporter, settings.node.incarnation, settings.fixed_role,
                  settings.lease_duration),
      pruner_(reporter, settings.pruning),
      kept_position_(reporter, position, settings.node, settings.keep_position,
                     {settings.position_file, store.name(), settings.node.name}) {}

Connection& Keeper::connection() {
  if (connection_ == nullptr) {
    connection_ = store_.connect(Access::read_write);
  }
  return *connection_;
}

bool Keeper::tick(Time now) {
  NodeDirectory& nodes = connection().nodes();
  const Role before = role(now);
  const bool kept = kept_position_.is_kept();
  const bool alone = heartbeat_.beat(nodes, before, kept, now);
  leadership_.hold(connection().leases(), alone, now);
  if (role(now) != before) {
    heartbeat_.beat(nodes, role(now), kept, now);
  }
  kept_position_.save_to(nodes);
  const auto fence = leadership_.fence();
  return fence && pruner_.step(connection(), *fence, leadership_.leads_since(), now);
}

bool Keeper::step(Time now, Wakeup& again) noexcept {
  // The file first and by itself: it is there for nodes whose database can't be written.
  const std::string file_trouble = trouble_of([&] { kept_position_.save_to_file(); });
  const std::string trouble = trouble_of([&] {
    if (tick(now)) {
      again.ring();
    }
  });
  if (!trouble.empty()) {
    connection_.reset();
    leadership_.lapse(now);
  }
  if (trouble.empty() && file_trouble.empty()) {
    reporter_.beaten();
    return true;
  }
  reporter_.beat_failed(trouble.empty() ? file_trouble : trouble);
  return false;
}

std::optional<Cursor> Keeper::claim_position() {
  return kept_position_.claim([this]() -> NodeDirectory& { return connection().nodes(); });
}

void Keeper::leave() noexcept {
  for (const std::string& trouble :
       {trouble_of([&] { kept_position_.save_to_file(); }), trouble_of([&] {
          NodeDirectory& nodes = connection().nodes();
          kept_position_.save_to(nodes);
          leadership_.leave(connection().leases());
          heartbeat_.goodbye(nodes);
        })}) {
    if (!trouble.empty()) {
      reporter_.beat_failed(trouble);
    }
  }
  connection_.reset();
}

}  // namespace crier
