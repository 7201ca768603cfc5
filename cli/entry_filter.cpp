// SPDX-License-Identifier: MIT
#include "entry_filter.hpp"

#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "base/ascii.hpp"
#include "base/utc_stamp.hpp"

#include <algorithm>

namespace crier::cli {

namespace {

// A request for a full refresh names the refresher in what it says, or means all of them.
bool is_for(const Instruction& instruction, const Guid& refresher) {
  if (instruction.refresher == refresher) {
    return true;
  }
  if (instruction.refresher != kResyncRequest) {
    return false;
  }
  const ResyncRequest request = resync_request_of(instruction);
  return request.refresher.empty() || request.refresher == refresher;
}

}  // namespace

bool is_canary(const Entry& entry) {
  // Most entries need not be decoded to see that they are none.
  if (!holds_ignoring_case(entry.json_instruction, kCanary.to_string())) {
    return false;
  }
  const Decoded decoded = decode(entry.json_instruction);
  return decoded.problems.empty() && !decoded.instructions.empty() &&
         std::ranges::all_of(decoded.instructions, [](const Instruction& instruction) {
           return instruction == Instruction::refresh_all(kCanary);
         });
}

bool EntryFilter::matches(const Entry& entry) {
  if (!is_of_origin(entry) || !concerns(entry) || !is_in_time(entry)) {
    return false;
  }
  if (!choice_.canaries && is_canary(entry)) {
    ++canaries_;
    return false;
  }
  return true;
}

bool EntryFilter::is_in_time(const Entry& entry) {
  if (!choice_.since && !choice_.until) {
    return true;
  }
  const auto time = parse_utc_stamp(entry.utc_stamp);
  if (!time) {
    ++undated_;
    return false;
  }
  return (!choice_.since || *time >= *choice_.since) && (!choice_.until || *time <= *choice_.until);
}

bool EntryFilter::is_of_origin(const Entry& entry) const {
  return choice_.origin.empty() || holds_ignoring_case(entry.originated, choice_.origin) ||
         holds_ignoring_case(names_.node_of(entry.originated), choice_.origin);
}

bool EntryFilter::concerns(const Entry& entry) const {
  if (!choice_.refresher && !choice_.id && !choice_.guid) {
    return true;
  }
  const auto fits = [&](const Instruction& instruction) {
    if (choice_.refresher && !is_for(instruction, *choice_.refresher)) {
      return false;
    }
    if (choice_.id) {
      const bool one = instruction.type == RefreshType::refresh_by_id ||
                       instruction.type == RefreshType::remove_by_id;
      return (one && instruction.id == *choice_.id) ||
             (instruction.type == RefreshType::refresh_by_ids &&
              std::ranges::find(instruction.ids, *choice_.id) != instruction.ids.end());
    }
    return !choice_.guid ||
           (instruction.type == RefreshType::refresh_by_guid && instruction.guid == *choice_.guid);
  };
  const Decoded decoded = decode(entry.json_instruction);
  const bool unreadable = choice_.refresher && !choice_.id && !choice_.guid &&
                          std::ranges::find(decoded.problems, choice_.refresher,
                                            &DecodeProblem::refresher) != decoded.problems.end();
  return unreadable || std::ranges::any_of(decoded.instructions, fits);
}

std::string EntryFilter::left_out(const std::string& how_to_see) const {
  std::string text;
  if (canaries_ > 0) {
    text = std::to_string(canaries_) + (canaries_ == 1 ? " canary is" : " canaries are") +
           " left out (" + how_to_see + ")";
  }
  if (undated_ > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(undated_) +
            (undated_ == 1 ? " entry is" : " entries are") + " left out whose stamp is no time";
  }
  return text;
}

}  // namespace crier::cli
