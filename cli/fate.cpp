// SPDX-License-Identifier: MIT
#include "fate.hpp"

#include <crier/admin/resync_request.hpp>
#include <crier/observer.hpp>

#include "base/duration.hpp"
#include "base/secrets.hpp"
#include "base/utc_stamp.hpp"
#include "base/utf8.hpp"
#include "names.hpp"
#include "node_print.hpp"
#include "times.hpp"

#include <algorithm>
#include <utility>

namespace crier::cli {

namespace {

using Time = std::chrono::milliseconds;

// What a database's clock may differ from itself by, as it is written and rounded.
constexpr Time kSlack{1000};

// When it was written, if the database itself has said that.
std::optional<Time> written_at(const Entry& entry) {
  return incarnation_in(entry.originated) ? parse_utc_stamp(entry.utc_stamp) : std::nullopt;
}

bool is_before(Time told, const Entry& entry) {
  const std::optional<Time> written = written_at(entry);
  return written && told + kSlack < *written;
}

bool asks(const Instruction& instruction, const NodeRecord& node) {
  if (instruction.refresher != kResyncRequest) {
    return true;
  }
  const std::string asked = resync_request_of(instruction).node;
  return asked.empty() || asked == node.name;
}

bool has_published(const Guid& incarnation, const Entry& entry) {
  return incarnation_in(entry.originated) == incarnation;
}

bool has_passed(const Passage& passage, EntryId entry) {
  return passage.after || passage.position >= entry;
}

// Of the entry itself.
bool is_of(const FailureRecord& failure, const Concerned& concerned, const Guid& refresher) {
  const Entry& entry = concerned.entry;
  // It was made valid before it was written.
  if (failure.entry != entry.id ||
      (!failure.originated.empty() &&
       failure.originated != valid_text(entry.originated, kMaxTextBytes))) {
    return false;
  }
  if (const auto at = parse_utc_stamp(failure.utc_stamp); at && is_before(*at, entry)) {
    return false;
  }
  return failure.kind == FailureKind::unreadable ||
         (failure.refresher == refresher &&
          std::ranges::find(concerned.places, failure.index) != concerned.places.end());
}

// Of what this node has published itself, which had no number when it was given up.
bool may_be_of(const FailureRecord& failure, const Concerned& concerned) {
  if (failure.entry != EntryId{} || !has_published(failure.incarnation, concerned.entry)) {
    return false;
  }
  const std::vector<Instruction> given_up = decode(failure.json_instruction).instructions;
  return std::ranges::any_of(concerned.instructions, [&](const Instruction& instruction) {
    return !given_up.empty() && instruction == given_up.front();
  });
}

// Rows hold anything, and what is no time must not be reckoned with.
void bound(Time& time) {
  constexpr Time kEnd = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31).time_since_epoch();
  time = std::clamp(time, Time(0), kEnd);
}

std::string place_text(const Passage& passage) {
  return "it last told that it stood at entry " + std::to_string(passage.position.value);
}

}  // namespace

// Passages first: what is read after them may tell of more, and never of less.
Fates::Fates(Connection& connection, const std::vector<EntryId>& entries, const Guid& refresher,
             bool utc)
    : refresher_(refresher), utc_(utc) {
  History& history = connection.history();
  for (const EntryId entry : entries) {
    std::vector<Passage> passages = history.passages(entry);
    for (Passage& passage : passages) {
      bound(passage.beat);
      for (std::optional<ProgressMark>* const mark : {&passage.before, &passage.after}) {
        if (*mark) {
          bound((*mark)->at);
        }
      }
    }
    passages_.emplace(entry, std::move(passages));
  }
  nodes_ = connection.nodes().list();
  supersedings_ = supersedings_in(history.events({.limit = History::kMaxEvents}));
  failures_ = connection.failures().list();
  refreshers_ = history.refreshers();
}

std::vector<NodeFate> Fates::of(const Concerned& concerned) const {
  std::vector<NodeFate> fates;
  for (const NodeRecord& node : nodes_) {
    if (!fates.empty() && fates.back().node == node.name) {
      std::string& detail = fates.back().detail;
      detail.insert(0, detail.empty() ? "an earlier start" : "an earlier start: ");
    }
    fates.push_back(fate_on(node, concerned));
    fates.back().is_writer = has_published(node.incarnation, concerned.entry);
  }
  return fates;
}

NodeFate Fates::fate_on(const NodeRecord& node, const Concerned& concerned) const {
  NodeFate fate{node.name, node.incarnation, node.state};
  const bool asked =
      std::ranges::any_of(concerned.instructions,
                          [&](const Instruction& instruction) { return asks(instruction, node); });
  const std::optional<bool> has = has_refresher(node);
  if (!asked && concerned.problems.empty()) {
    fate.fate = Fate::not_asked;
    return fate;
  }
  if (has == false) {
    fate.fate = Fate::no_refresher;
    return fate;
  }
  const std::vector<Passage>& passages = passages_.at(concerned.entry.id);
  const auto found = std::ranges::find(passages, node.incarnation, &Passage::incarnation);
  const Passage passage =
      found == passages.end() ? Passage{.incarnation = node.incarnation} : *found;
  if (judge_failure(passage, concerned, fate)) {
    return fate;
  }
  if (!judge_handled(passage, concerned, fate)) {
    judge_open(node, passage, concerned, fate);
  } else if (!has && fate.fate != Fate::before_start) {
    fate.fate = Fate::not_known;
    fate.detail = "it has passed it, and has not told which refreshers it has";
  }
  return fate;
}

bool Fates::judge_failure(const Passage& passage, const Concerned& concerned,
                          NodeFate& fate) const {
  for (const FailureRecord& failure : failures_) {
    if (failure.incarnation != passage.incarnation) {
      continue;
    }
    const auto at = parse_utc_stamp(failure.utc_stamp);
    const std::string when = (at ? " at " + time(*at) : "") + ": " + without_secrets(failure.error);
    if (is_of(failure, concerned, refresher_)) {
      fate.fate = Fate::given_up;
      fate.failure = failure.id;
      fate.detail = "after " + std::to_string(failure.attempts) +
                    (failure.attempts == 1 ? " attempt" : " attempts") + when;
      if (passage.before && passage.after) {
        fate.by = passage.after->at;
      }
    } else if (fate.fate != Fate::given_up && may_be_of(failure, concerned)) {
      fate.failure = failure.id;
      fate.detail = "it published it, and has given up this or an equal one of its own" + when;
    }
  }
  return fate.failure.has_value();
}

bool Fates::judge_handled(const Passage& passage, const Concerned& concerned,
                          NodeFate& fate) const {
  const Entry& entry = concerned.entry;
  if (!has_passed(passage, entry.id)) {
    return false;
  }
  if (passage.after && passage.position < passage.after->position) {
    fate.detail = "the log that it had read was replaced; " + place_text(passage);
    return true;
  }
  // When it told it, at the latest. Who is live may have been asked since its last beat.
  std::optional<Time> told_at;
  if (passage.after && passage.before) {
    told_at = passage.after->at;
  } else if (passage.after || fate.state != NodeState::live) {
    told_at = passage.beat;
  }
  if (told_at && is_before(*told_at, entry)) {
    fate.detail =
        "it told that it had passed this number before the entry was written: the log was "
        "replaced, or the database's clock was set back";
    return true;
  }
  const Superseding* const refresh = find_superseding(supersedings_, passage, entry.id);
  if (refresh != nullptr &&
      (passage.before || refresh->reason != crier::to_string(ResyncReason::first_start))) {
    fate.fate = Fate::superseded;
    fate.by = refresh->at;
    fate.detail = "by the full refresh at " + time(refresh->at) + " (" + refresh->reason + ")";
    return true;
  }
  if (!passage.before) {
    if (passage.after) {
      fate.fate = Fate::before_start;
      fate.detail = "it began at entry " + std::to_string(passage.after->position.value);
    } else {
      fate.detail = "it has not told when it handled what; " + place_text(passage);
    }
    return true;
  }
  fate.fate = Fate::applied;
  if (passage.before->at.count() > 0) {
    fate.after = passage.before->at;
  }
  if (passage.after) {
    fate.by = passage.after->at;
    fate.detail = "by " + time(*fate.by);
    const auto written = parse_utc_stamp(entry.utc_stamp);
    if (fate.after && written && *fate.after > *written) {
      fate.detail += ", and not by " + time(*fate.after);
    }
  } else {
    fate.detail = "by now: it was asked how far it is";
  }
  if (has_published(passage.incarnation, entry)) {
    fate.detail += "; it published it";
  }
  return true;
}

void Fates::judge_open(const NodeRecord& node, const Passage& passage, const Concerned& concerned,
                       NodeFate& fate) const {
  if (node.state == NodeState::stopped) {
    fate.detail = "it has stopped; " + place_text(passage);
  } else if (node.state == NodeState::stale) {
    fate.detail =
        "it has not beaten for " + rough_duration(node.beat_age) + "; " + place_text(passage);
  } else if (has_published(node.incarnation, concerned.entry)) {
    fate.detail = "it published it, and tells with its next beat how far it is";
  } else if (!node.troubles.empty()) {
    // Others may be further than the one that holds the position.
    fate.detail = place_text(passage) + ", held back: " + without_secrets(node.troubles.front());
  } else if (!node.poller_alive) {
    fate.detail = place_text(passage) + ", and its poller does not come forward";
  } else if (node.stands && node.paused_for.count() > 0) {
    fate.fate = Fate::paused;
    fate.detail = "by " + node.paused_by + " until " + pause_end_text(node, utc_) + "; " +
                  place_text(passage);
  } else if (concerned.entry.id <= passage.newest) {
    fate.fate = Fate::not_yet;
    fate.detail = place_text(passage) + ", " + rough_duration(node.beat_age) + " ago";
  } else {
    fate.detail = "it has not told how far it is since the entry was written; its last beat was " +
                  rough_duration(node.beat_age) + " ago";
  }
}

std::optional<bool> Fates::has_refresher(const NodeRecord& node) const {
  std::optional<bool> has;
  for (const RefresherRecord& one : refreshers_) {
    if (one.incarnation == node.incarnation) {
      // An empty one takes what nobody else there claims.
      has = has.value_or(false) || one.refresher == refresher_ || one.refresher.empty();
    }
  }
  return has;
}

std::string Fates::time(Time since_1970) const { return shown_time(utc_stamp(since_1970), utc_); }

}  // namespace crier::cli
