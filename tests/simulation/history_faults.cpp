// SPDX-License-Identifier: MIT
// What goes wrong in the middle of a node's step.
#include <crier/error.hpp>

#include "simulation/history.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace crier::test {

using namespace std::chrono_literals;

void History::before(std::string_view operation) {
  if (current_ == nullptr) {
    return;  // our own look
  }
  SimNode& node = *current_;
  if (operation == "beat" || operation == "publish_position") {
    node.reported = node.position();
  }
  die_by_chance(operation);
  if (!calm_ && random_.once_in(fault_rate_)) {
    trace(node.name(), ": ", operation, " fails");
    throw Error(std::string(operation), "it fails");
  }
  const bool is_looking = making_ != 0 && operation == "read_after";
  hold_up(operation, operation == "prune"                            ? 3
                     : is_looking || operation.starts_with("shared") ? 20
                                                                     : 200);
  stop_the_dead(operation);
  watch_.before(operation, node);
}

void History::after(std::string_view operation) {
  if (current_ == nullptr) {
    return;
  }
  SimNode& node = *std::exchange(current_, nullptr);  // what follows are our own looks
  watch_.after(operation, node);
  if (operation == "append") {
    committed(&node);
  } else if (operation == "claim_position" || operation == "save_position") {
    after_position(node, operation == "claim_position");
  } else if (operation == "forget_older") {
    after_forgetting();
  }
  current_ = &node;
  die_by_chance(operation);
}

void History::after_position(SimNode& node, bool claimed) {
  for (const auto& kept : store_.kept_positions()) {
    if (kept.name != node.name()) {
      continue;
    }
    const bool owner = kept.owner == node.incarnation();
    trace(node.name(), claimed ? " claims " : " saves ", kept.position.value_or(EntryId()).value,
          owner ? "" : ", but is not the owner", kept.contended ? ", contended" : "");
    node.contended |= kept.contended;
    if (owner) {
      disks_[node.name()].owner = node.incarnation();
    }
  }
}

// With the position goes the mark.
void History::after_forgetting() {
  const auto kept = store_.kept_positions();
  for (const auto& node : slots_) {
    if (node != nullptr) {
      node->contended &= std::any_of(kept.begin(), kept.end(),
                                     [&](const auto& each) { return each.name == node->name(); });
    }
  }
}

bool History::before_refresh() {
  SimNode& node = *current_;
  hold_up("a refresh", 25);
  // More often than at a call: what was handled only in part is what a restart may go wrong by.
  if (!calm_ && random_.once_in(death_rate_ / 5)) {
    trace(node.name(), " dies at a refresh");
    node.dead = true;
  }
  if (!calm_ && !node.dead && random_.once_in(throw_rate_)) {
    trace("a refresher of ", node.name(), " throws");
    throw std::runtime_error("it throws");
  }
  return !node.dead;
}

// Where the node says that it stands, all that the log tells of up to there is in its caches.
void History::check_applied(const SimNode& node) {
  const Cursor cursor = node.cursor();
  SimNode* const current = std::exchange(current_, nullptr);  // our own look
  const auto row = eyes_->log().find(cursor.id);
  current_ = current;
  if (node.dead || !row || row->fingerprint() != cursor.fingerprint) {
    return;  // it stands in another log, or at its beginning
  }
  tell_position(node);
  for (const auto& [entry, changes] : changes_of_) {
    for (const std::int64_t change : changes) {
      if (entry <= node.position().value &&
          std::none_of(node.cache().begin(), node.cache().end(), [change](const Changes& cache) {
            return std::binary_search(cache.begin(), cache.end(), change);
          })) {
        watch_.violated(node.name() + " is at " + node.position().to_string() +
                        ", and has not applied entry " + std::to_string(entry));
        return;
      }
    }
  }
}

void History::die_by_chance(std::string_view operation) {
  if (!calm_ && random_.once_in(death_rate_)) {
    trace(current_->name(), " dies at ", operation);
    current_->dead = true;
  }
  stop_the_dead(operation);
}

void History::stop_the_dead(std::string_view operation) {
  if (current_->dead) {
    throw Error(std::string(operation), "the process is dead");
  }
}

void History::hold_up(std::string_view operation, std::size_t times) {
  if (random_.once_in(times)) {
    interlude(operation);
  }
}

// The process sleeps here, or its other thread runs; meanwhile the world goes on.
void History::interlude(std::string_view operation) {
  if (calm_ || depth_ != 0) {
    return;
  }
  SimNode& node = *current_;
  trace(node.name(), " is held up at ", operation);
  ++depth_;
  SimNode* const outer = std::exchange(current_, nullptr);
  auto uncommitted = std::exchange(uncommitted_, {});
  if (hangs_ && node.polling && node.publishing && random_.once_in(3)) {
    trace(node.name(), " gets another poller");
    node.replace_poller();
    poll(node);
  } else if (node.polling && !node.ticking && random_.once_in(2)) {
    tick(node);
  } else {
    some_time();
  }
  for (std::size_t i = random_.below(6); i > 0; --i) {
    event();
  }
  uncommitted_ = std::move(uncommitted);
  current_ = outer;
  --depth_;
  trace(node.name(), " goes on");
}

}  // namespace crier::test
