// SPDX-License-Identifier: MIT
#include "base/own_entries.hpp"

#include "base/fingerprint.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace crier {

namespace {

// A node whose poller stands still goes on publishing.
constexpr std::size_t kMostWritten = 100'000;
constexpr std::size_t kMostRides = 10'000;
// Entries of appends that have failed.
constexpr std::size_t kMostUnknown = 10'000;
// More than a transaction's commit and the storing of what it set are apart.
constexpr std::size_t kMostPassedRides = 1'000;

// In which an append that has committed returns, but for a machine that has no time for it. A look
// at the log waits for no longer.
constexpr std::chrono::milliseconds kMoment{2000};

Fingerprint text_of(std::string_view originated, std::int64_t count, std::string_view json) {
  return text_fingerprint_of(originated, count, digest_of(json));
}

Fingerprint text_of(const Entry& entry) {
  return text_of(entry.originated, entry.instruction_count, entry.json_instruction);
}

std::vector<Fingerprint> texts_of(std::span<const NewEntry> entries) {
  std::vector<Fingerprint> texts;
  texts.reserve(entries.size());
  for (const NewEntry& entry : entries) {
    texts.push_back(text_of(entry.originated, entry.instruction_count, entry.json_instruction));
  }
  return texts;
}

}  // namespace

std::string OwnEntries::originated() const {
  const std::lock_guard lock(mutex_);
  return origins_.back();
}

void OwnEntries::rename(std::string originated) {
  const std::lock_guard lock(mutex_);
  origins_.push_back(std::move(originated));
}

OwnEntries::Append::Append(OwnEntries& own, std::span<const NewEntry> entries)
    : own_(own), texts_(texts_of(entries)) {
  const std::lock_guard lock(own.mutex_);
  reached_ = std::max(own.newest_, own.passed_);
  restarts_ = own.restarts_;
  for (const Fingerprint text : texts_) {
    own.unknown_.push_back({text, this, {}});
  }
}

void OwnEntries::Append::ended(std::optional<EntryId> last) {
  const std::lock_guard lock(own_.mutex_);
  has_ended_ = true;
  std::erase_if(own_.unknown_, [this](const Unknown& each) { return each.append == this; });
  if (last) {
    const std::int64_t first = last->value - static_cast<std::int64_t>(texts_.size()) + 1;
    if (first <= reached_ && restarts_ == own_.restarts_) {
      own_.given_twice_ = EntryId{first};
    }
    own_.insert(last->value, texts_);
  }
  own_.ended_.notify_all();
}

OwnEntries::Append::~Append() {
  if (has_ended_) {
    return;
  }
  const std::lock_guard lock(own_.mutex_);
  for (Unknown& each : own_.unknown_) {
    each.append = each.append == this ? nullptr : each.append;
  }
  const std::size_t excess = own_.unknown_.size() - std::min(own_.unknown_.size(), kMostUnknown);
  own_.unknown_.erase(own_.unknown_.begin(),
                      own_.unknown_.begin() + static_cast<std::ptrdiff_t>(excess));
  own_.ended_.notify_all();
}

void OwnEntries::add(const std::string& originated, std::span<const EntryId> ids) {
  const std::lock_guard lock(mutex_);
  ++marks_;
  for (const EntryId& id : ids) {
    if (find(id.value) != nullptr || rides_.contains(id.value)) {
      given_twice_ = id;
    }
    newest_ = std::max(newest_, id.value);
    if (id.value > passed_) {
      rides_.insert_or_assign(id.value, Ride{originated, marks_});
    } else {
      remember_passed(id.value, {originated, marks_});
    }
  }
  while (rides_.size() > kMostRides) {  // the poller will run it once more
    rides_.erase(rides_.begin());
  }
}

EntryId OwnEntries::newest() const {
  const std::lock_guard lock(mutex_);
  return {newest_};
}

std::optional<OwnEntries::Break> OwnEntries::find_break(EntryId newest, std::optional<EntryId> end,
                                                        std::span<const Entry> entries) {
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + kMoment;
  if (given_twice_) {
    return Break{Break::Kind::given_twice, *given_twice_};
  }
  if (end && *end < newest) {
    return Break{Break::Kind::gone, newest};
  }
  for (const Entry& entry : entries) {
    if (is_in_place_of_mine(entry)) {
      return Break{Break::Kind::taken, entry.id};
    }
    if (entry.originated == origins_.back() && !is_explained(lock, entry, until)) {
      return Break{Break::Kind::cloned, entry.id};
    }
  }
  return std::nullopt;
}

bool OwnEntries::is_in_place_of_mine(const Entry& entry) const {
  if (const Written* const written = find(entry.id.value)) {
    return !is_written(*written, entry);
  }
  const auto ride = rides_.find(entry.id.value);
  return ride != rides_.end() && ride->second.originated != entry.originated;
}

// Whether an entry of this origin may have been written here.
bool OwnEntries::is_explained(std::unique_lock<std::mutex>& lock, const Entry& entry, Time until) {
  const auto is_known = [&] {
    return find(entry.id.value) != nullptr || entry.id.value <= dropped_;
  };
  ended_.wait_until(lock, until, [&] {
    const Unknown* const unknown = is_known() ? nullptr : find_unknown(entry);
    return unknown == nullptr || unknown->append == nullptr;
  });
  if (is_known()) {
    return true;
  }
  Unknown* const unknown = find_unknown(entry);
  if (unknown == nullptr) {
    return false;
  }
  unknown->found = entry.id;
  return true;
}

OwnEntries::Unknown* OwnEntries::find_unknown(const Entry& entry) {
  const Fingerprint text = text_of(entry);
  Unknown* free = nullptr;
  for (Unknown& each : unknown_) {
    if (each.text == text && each.found == entry.id) {
      return &each;
    }
    if (free == nullptr && each.text == text && each.found == EntryId{}) {
      free = &each;
    }
  }
  return free;
}

bool OwnEntries::contains(const Entry& entry) const {
  const std::lock_guard lock(mutex_);
  if (const Written* const written = find(entry.id.value)) {
    return is_written(*written, entry);
  }
  return is_among(rides_, entry);
}

bool OwnEntries::is_in_doubt(const Entry& entry) const {
  const std::lock_guard lock(mutex_);
  return is_in_place_of_mine(entry) ||
         (is_mine(entry.originated) && find(entry.id.value) == nullptr);
}

// An entry of a plain origin that the poller has passed was written here, or it would have told of
// a clone.
bool OwnEntries::has_written(const Entry& entry) const {
  {
    const std::lock_guard lock(mutex_);
    if (entry.id.value <= passed_) {
      return is_mine(entry.originated) || is_among(passed_rides_, entry);
    }
  }
  return contains(entry);
}

bool OwnEntries::is_among(const Rides& rides, const Entry& entry) {
  const auto ride = rides.find(entry.id.value);
  return ride != rides.end() && ride->second.originated == entry.originated;
}

void OwnEntries::pass(EntryId cursor) {
  const std::lock_guard lock(mutex_);
  passed_ = cursor.value;
  for (const auto& [id, ride] : rides_) {
    if (id > passed_) {
      break;
    }
    remember_passed(id, ride);
  }
  forget_through(passed_);
  std::erase_if(unknown_, [&](const Unknown& each) {
    return each.append == nullptr && each.found != EntryId{} && each.found <= cursor;
  });
}

std::uint64_t OwnEntries::mark() const {
  const std::lock_guard lock(mutex_);
  return marks_;
}

// What was added before the mark stood in the log before its end was looked for: what lies beyond
// that end is gone. What was added since may have been committed since.
void OwnEntries::restart(EntryId cursor, std::uint64_t mark) {
  const std::lock_guard lock(mutex_);
  std::erase_if(written_, [mark](const Written& each) { return each.mark <= mark; });
  std::erase_if(rides_, [mark](const auto& each) { return each.second.mark <= mark; });
  passed_ = cursor.value;
  passed_rides_.clear();
  forget_through(passed_);
  newest_ = std::max(written_.empty() ? passed_ : written_.back().id,
                     rides_.empty() ? passed_ : rides_.rbegin()->first);
  given_twice_.reset();
  ++restarts_;
}

bool OwnEntries::is_mine(std::string_view originated) const {
  return std::find(origins_.begin(), origins_.end(), originated) != origins_.end();
}

const OwnEntries::Written* OwnEntries::find(std::int64_t id) const {
  const auto found = std::ranges::lower_bound(written_, id, {}, &Written::id);
  return found == written_.end() || found->id != id ? nullptr : &*found;
}

bool OwnEntries::is_written(const Written& written, const Entry& entry) const {
  return is_mine(entry.originated) && text_of(entry) == written.text;
}

void OwnEntries::insert(std::int64_t last, std::span<const Fingerprint> texts) {
  ++marks_;
  newest_ = std::max(newest_, last);
  std::int64_t id = last - static_cast<std::int64_t>(texts.size());
  for (const Fingerprint text : texts) {
    if (++id <= passed_) {
      continue;
    }
    const auto place = std::ranges::lower_bound(written_, id, {}, &Written::id);
    if (place != written_.end() && place->id == id) {
      *place = {id, text, marks_};
    } else {
      written_.insert(place, {id, text, marks_});
    }
  }
  while (written_.size() > kMostWritten) {
    dropped_ = written_.front().id;
    written_.pop_front();
  }
}

void OwnEntries::remember_passed(std::int64_t id, Ride ride) {
  passed_rides_.insert_or_assign(id, std::move(ride));
  if (passed_rides_.size() > kMostPassedRides) {
    passed_rides_.erase(passed_rides_.begin());
  }
}

void OwnEntries::forget_through(std::int64_t id) {
  while (!written_.empty() && written_.front().id <= id) {
    written_.pop_front();
  }
  rides_.erase(rides_.begin(), rides_.upper_bound(id));
}

}  // namespace crier
