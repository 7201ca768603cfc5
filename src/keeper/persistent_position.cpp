// SPDX-License-Identifier: MIT
#include "keeper/persistent_position.hpp"

#include "base/position.hpp"
#include "base/reporter.hpp"

#include <string>
#include <utility>

namespace crier {

PersistentPosition::PersistentPosition(Reporter& reporter, const Position& position,
                                       NodeReport node, KeepPosition where, PositionFile file)
    : reporter_(reporter),
      position_(position),
      node_(std::move(node)),
      where_(where),
      file_(std::move(file)) {}

std::optional<Cursor> PersistentPosition::claim(const std::function<NodeDirectory&()>& nodes) {
  switch (where_) {
    case KeepPosition::in_memory:
      break;
    case KeepPosition::in_file:
      return claim_file();
    case KeepPosition::in_database:
      return claim_in(nodes());
  }
  return std::nullopt;
}

std::optional<Cursor> PersistentPosition::claim_file() {
  lock_.emplace(file_.path() + ".lock");
  const PositionFile::Content content = file_.load();
  if (!content.problem.empty()) {
    reporter_.log(LogLevel::warning, content.problem);
  }
  kept_ = true;
  return content.cursor;
}

std::optional<Cursor> PersistentPosition::claim_in(NodeDirectory& nodes) {
  const PositionClaim claim = nodes.claim_position(node_);
  kept_ = claim.owned;
  if (!claim.owned) {
    reporter_.log(LogLevel::warning,
                  "another node of the name " + node_.name +
                      " is live and keeps its position: this one refreshes everything, and keeps "
                      "its own as soon as that one is gone");
  } else if (claim.contended) {
    reporter_.log(LogLevel::warning,
                  "two nodes have borne the name " + node_.name +
                      " at once, so that the position kept for it may be either's: each start "
                      "refreshes everything until you forget it, with: crier nodes --forget " +
                      node_.name);
  }
  return claim.cursor;
}

void PersistentPosition::release() { lock_.reset(); }

void PersistentPosition::save_to_file() {
  const Position::State state = position_.state();
  if (!kept_ || where_ != KeepPosition::in_file || state.resets == 0 || saved_ == state.cursor) {
    return;
  }
  file_.save(state.cursor);
  saved_ = state.cursor;
}

// Also if it has not moved, since the database keeps when it was seen; and if another node
// owns it, to take it over when that one is gone, or to be counted as contending.
void PersistentPosition::save_to(NodeDirectory& nodes) {
  const Position::State state = position_.state();
  if (where_ != KeepPosition::in_database || state.resets == 0) {
    return;
  }
  const bool reset = state.resets != saved_resets_;
  const bool saved = nodes.save_position(node_, state.cursor, reset);
  if (saved) {
    saved_resets_ = state.resets;
  }
  if (std::exchange(kept_, saved) != saved) {
    reporter_.log(LogLevel::warning,
                  saved ? "the position of " + node_.name + " is kept by this node from now on"
                        : "the position of " + node_.name +
                              " is no longer kept by this node: another one bears that name; give "
                              "each its own");
  }
}

}  // namespace crier
