// SPDX-License-Identifier: MIT
#include "keeper/kept_position.hpp"

#include "base/position.hpp"
#include "base/reporter.hpp"

#include <string>
#include <utility>

namespace crier {

KeptPosition::KeptPosition(Reporter& reporter, const Position& position, NodeReport node,
                           KeepPosition where, PositionFile file)
    : reporter_(reporter),
      position_(position),
      node_(std::move(node)),
      where_(where),
      file_(std::move(file)) {}

std::optional<Cursor> KeptPosition::claim(const std::function<NodeDirectory&()>& nodes) {
  switch (where_) {
    case KeepPosition::in_memory:
      return std::nullopt;
    case KeepPosition::in_file: {
      const PositionFile::Content content = file_.load();
      if (!content.problem.empty()) {
        reporter_.log(LogLevel::warning, content.problem);
      }
      kept_ = true;
      return content.cursor;
    }
    case KeepPosition::in_database: {
      const PositionClaim claim = nodes().claim_position(node_);
      kept_ = claim.owned;
      if (!claim.owned) {
        reporter_.log(LogLevel::warning,
                      "the position of " + node_.name +
                          " is kept by another node of that name, which is live: this one keeps "
                          "none; give each its own name");
      }
      return claim.cursor;
    }
  }
  return std::nullopt;
}

void KeptPosition::save_to_file() {
  const Position::State state = position_.state();
  if (!kept_ || where_ != KeepPosition::in_file || state.resets == 0 || saved_ == state.cursor) {
    return;
  }
  file_.save(state.cursor);
  saved_ = state.cursor;
}

// Also where it has not moved: the database keeps when it was seen. And where another node owns it:
// each try counts as contending, so that whoever claims it next does not take that one's place for
// its own.
void KeptPosition::save_to(NodeDirectory& nodes) {
  const Position::State state = position_.state();
  if (where_ != KeepPosition::in_database || state.resets == 0) {
    return;
  }
  const bool reset = state.resets != saved_resets_;
  if (nodes.save_position(node_.name, node_.incarnation, state.cursor, reset)) {
    saved_resets_ = state.resets;
    kept_ = true;
    return;
  }
  if (!std::exchange(kept_, false)) {
    return;
  }
  reporter_.log(LogLevel::warning,
                "the position of " + node_.name +
                    " is no longer kept: another node has taken over that name; the next start "
                    "refreshes everything");
}

}  // namespace crier
