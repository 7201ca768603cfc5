// SPDX-License-Identifier: MIT
#include "supersedings.hpp"

#include <crier/observer.hpp>

#include "base/utc_stamp.hpp"

#include <chrono>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

// A node writes what has happened after the beat that tells its position: by so much later.
constexpr std::chrono::milliseconds kWrittenLate{1000};

// Takes `start` off the front of `text`.
bool take_start(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) {
    return false;
  }
  text.remove_prefix(start.size());
  return true;
}

// "every refresher (hole): ...; going on from entry 7"; the words in the middle may be anybody's.
bool read_resync(std::string_view detail, Superseding& read) {
  constexpr std::string_view kEnd = "; going on from entry ";
  const std::size_t end = detail.rfind(kEnd);
  const std::optional<EntryId> entry =
      end == detail.npos ? std::nullopt : EntryId::parse(detail.substr(end + kEnd.size()));
  if (!entry || !take_start(detail, "every refresher (")) {
    return false;
  }
  read.reason = detail.substr(0, detail.find(')'));
  read.through = *entry;
  return read.reason != to_string(ResyncReason::asked);
}

// "entries after 3 through 7: ..."
bool read_missed(std::string_view detail, Superseding& read) {
  constexpr std::string_view kThrough = " through ";
  if (!take_start(detail, "entries after ")) {
    return false;
  }
  const std::size_t middle = detail.find(kThrough);
  const std::size_t end = detail.find(": ");
  if (middle == detail.npos || end == detail.npos || end < middle + kThrough.size()) {
    return false;
  }
  const std::size_t from = middle + kThrough.size();
  const std::optional<EntryId> after = EntryId::parse(detail.substr(0, middle));
  const std::optional<EntryId> through = EntryId::parse(detail.substr(from, end - from));
  if (!after || !through) {
    return false;
  }
  read.after = *after;
  read.through = *through;
  read.reason = to_string(ResyncReason::backlog);
  return true;
}

// Whether it ended between the two marks. Where a start begins it is the one that led there.
bool fits(const Superseding& one, const Passage& passage) {
  if (!passage.before) {
    return passage.after && one.through == passage.after->position && one.at >= passage.after->at;
  }
  if (one.through <= passage.before->position || one.at < passage.before->at) {
    return false;
  }
  return passage.after
             ? one.through <= passage.after->position && one.at <= passage.after->at + kWrittenLate
             : one.through <= passage.position;
}

}  // namespace

std::vector<Superseding> supersedings_in(std::span<const EventRecord> events) {
  std::vector<Superseding> all;
  for (const EventRecord& event : events) {
    Superseding one;
    const bool read = event.kind == "resync"   ? read_resync(event.detail, one)
                      : event.kind == "missed" ? read_missed(event.detail, one)
                                               : false;
    const auto at = parse_utc_stamp(event.utc_stamp);
    if (read && at) {
      one.incarnation = event.incarnation;
      one.at = *at;
      all.push_back(std::move(one));
    }
  }
  return all;
}

const Superseding* find_superseding(std::span<const Superseding> all, const Passage& passage,
                                    EntryId entry) {
  for (const Superseding& one : all) {
    if (one.incarnation == passage.incarnation && one.after < entry && one.through >= entry &&
        fits(one, passage)) {
      return &one;
    }
  }
  return nullptr;
}

}  // namespace crier::cli
