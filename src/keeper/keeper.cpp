// SPDX-License-Identifier: MIT
#include "keeper/keeper.hpp"

#include "base/reporter.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace crier {

namespace {

// For each of the last calls.
constexpr std::chrono::milliseconds kFarewell{500};

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
      interval_(settings.node.interval),
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
  const Role before = role(now);
  const bool kept = kept_position_.is_kept();
  const Surroundings around = heartbeat_.beat(connection(), before, kept, now);
  leadership_.hold(connection().leases(), around.alone, now);
  // A machine that was suspended, a clock that jumped, a database that was locked: all look stale
  // until they have had the time to beat again. What is shorter, `patience` makes up for.
  if (2 * around.gap > 3 * interval_) {
    leadership_.look_anew(now);
  }
  if (role(now) != before) {
    heartbeat_.beat(connection(), role(now), kept, now);
  }
  kept_position_.save_to(connection().nodes());
  const auto fence = leadership_.fence();
  return fence && pruner_.step(connection(), *fence, leadership_.watches_since(), now);
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
  return trouble.empty();
}

std::optional<Cursor> Keeper::claim_position() {
  return kept_position_.claim([this]() -> NodeDirectory& { return connection().nodes(); });
}

void Keeper::leave() noexcept {
  // Each by itself, and none for long: without a goodbye others find out by themselves.
  const auto attempt = [this](auto body) {
    if (const std::string trouble = trouble_of(body); !trouble.empty()) {
      reporter_.beat_failed(trouble);
    }
  };
  attempt([this] { kept_position_.save_to_file(); });
  attempt([this] { connection().set_deadline(std::min(connection().deadline(), kFarewell)); });
  attempt([this] { kept_position_.save_to(connection().nodes()); });
  attempt([this] { leadership_.leave(connection().leases()); });
  attempt([this] { heartbeat_.goodbye(connection().nodes()); });
  kept_position_.release();
  connection_.reset();
}

}  // namespace crier
