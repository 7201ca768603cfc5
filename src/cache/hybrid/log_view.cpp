// SPDX-License-Identifier: MIT
#include "cache/hybrid/log_view.hpp"

#include "base/deadline.hpp"

#include <algorithm>
#include <utility>

namespace crier {

void LogView::restart(const Cursor& place, std::uint64_t resets) {
  const std::lock_guard lock(mutex_);
  epoch_ = ++epochs_;
  resets_ = resets;
  first_ = place.id.value;
  seen_.assign(1, place.fingerprint);
  order_.clear();
  marks_.clear();
  forgotten_ = 0;
  ahead_.clear();
  last_ahead_ = 0;
  begun_more_.notify_all();
}

void LogView::stop() {
  const std::lock_guard lock(mutex_);
  epoch_ = 0;
  begun_more_.notify_all();
}

void LogView::begin(const Cursor& entry, const Invalidations& what) {
  const std::lock_guard lock(mutex_);
  const std::int64_t id = entry.id.value;
  if (id < end()) {
    return;
  }
  if (id > end()) {  // nobody knows what lies between
    first_ = id;
    seen_.clear();
  }
  seen_.push_back(entry.fingerprint);
  const auto note = [&](std::uint64_t mark) {
    marks_[mark] = id;
    order_.emplace_back(id, mark);
  };
  if (what.all) {
    note(kAll);
  }
  std::ranges::for_each(what.marks, note);
  while (order_.size() > 4 * most_) {  // a few for each entry
    const auto [oldest, mark] = order_.front();
    order_.pop_front();
    forgotten_ = oldest;
    if (const auto found = marks_.find(mark); found->second == oldest) {
      marks_.erase(found);
    }
  }
  if (seen_.size() > most_) {
    seen_.pop_front();
    ++first_;
  }
  if (id >= last_ahead_) {
    ahead_.clear();
  }
  begun_more_.notify_all();
}

void LogView::published(EntryId entry, const Invalidations& what) {
  const std::lock_guard lock(mutex_);
  if (entry.value < end()) {
    if (!has_begun(entry)) {
      last_ahead_ = std::max(last_ahead_, end());
      ahead_[kAll] = last_ahead_;
    }
    return;
  }
  last_ahead_ = std::max(last_ahead_, entry.value);
  if (what.all || ahead_.size() + what.marks.size() > 4 * most_) {
    ahead_[kAll] = last_ahead_;
  } else {
    for (const std::uint64_t mark : what.marks) {
      std::int64_t& known = ahead_[mark];
      known = std::max(known, entry.value);
    }
  }
}

LogView::Begun LogView::begun() const {
  const std::lock_guard lock(mutex_);
  return epoch_ == 0 ? Begun() : Begun{epoch_, {{end() - 1}, seen_.back()}};
}

bool LogView::wait(EntryId entry, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  const std::uint64_t epoch = epoch_;
  begun_more_.wait_until(lock, deadline_after(timeout),
                         [&] { return epoch_ != epoch || epoch == 0 || entry.value < end(); });
  return epoch != 0 && epoch_ == epoch && entry.value < end();
}

LogView::Verdict LogView::judge(const Made& made, const HybridRecord& record, EntryId newest_mark,
                                std::span<const std::uint64_t> marks) const {
  const std::lock_guard lock(mutex_);
  if (epoch_ == 0 || record.generation == 0 || made.generation != record.generation ||
      made.applied < std::max(record.floor, newest_mark)) {
    return Verdict::outdated;
  }
  const std::int64_t through = record.through.id.value;
  if (through >= end()) {
    return Verdict::ahead;
  }
  if (!knows(record.through)) {
    return Verdict::unknown;
  }
  const std::int64_t newest = newest_of(marks);
  return newest <= std::max(through, made.applied.value) ? Verdict::serves : Verdict::outdated;
}

EntryId LogView::newest(std::span<const std::uint64_t> marks) const {
  const std::lock_guard lock(mutex_);
  return {newest_of(marks)};
}

bool LogView::is_restarting(std::uint64_t epoch, std::uint64_t resets) const {
  const std::lock_guard lock(mutex_);
  return epoch == epoch_ && resets == resets_;
}

EntryId LogView::newest_begun(std::span<const std::uint64_t> marks) const {
  const std::lock_guard lock(mutex_);
  return {newest_in(marks_, marks)};
}

std::optional<LogView::Since> LogView::since(const Cursor& place) const {
  const std::lock_guard lock(mutex_);
  if (epoch_ == 0 || !knows(place)) {
    return std::nullopt;
  }
  Since since{{}, {}, {{end() - 1}, seen_.back()}};
  const auto after = std::ranges::upper_bound(order_, place.id.value, {},
                                              [](const auto& each) { return each.first; });
  std::for_each(after, order_.end(), [&](const auto& each) {
    if (each.second == kAll) {
      since.all = {each.first};
    } else {
      since.marks.push_back({each.second, {each.first}});
    }
  });
  return since;
}

bool LogView::knows(const Cursor& place) const {
  const std::int64_t index = place.id.value - first_;
  return index >= 0 && place.id.value < end() && place.id.value >= forgotten_ &&
         seen_[static_cast<std::size_t>(index)] == place.fingerprint;
}

bool LogView::has_begun(EntryId entry) const {
  const std::int64_t index = entry.value - first_;
  return index >= 0 && entry.with(seen_[static_cast<std::size_t>(index)]).check == entry.check;
}

std::int64_t LogView::newest_of(std::span<const std::uint64_t> marks) const {
  return std::max(newest_in(marks_, marks), newest_in(ahead_, marks));
}

std::int64_t LogView::newest_in(const Marks& known, std::span<const std::uint64_t> marks) {
  const auto entry_of = [&](std::uint64_t mark) {
    const auto found = known.find(mark);
    return found == known.end() ? 0 : found->second;
  };
  std::int64_t newest = entry_of(kAll);
  for (const std::uint64_t mark : marks) {
    newest = std::max(newest, entry_of(mark));
  }
  return newest;
}

}  // namespace crier
