// SPDX-License-Identifier: MIT
#include "cache/hybrid/ruled_half.hpp"

#include <crier/error.hpp>

#include "base/error_of.hpp"
#include "cache/hybrid/invalidations.hpp"
#include "cache/hybrid/stored_value.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace crier {
namespace {

using namespace std::chrono_literals;

// For what the record knows of and this node has yet to read. It lies before it, more often than
// not, and is rung for: what takes longer is a miss.
constexpr std::chrono::milliseconds kCatchUp = 25ms;
// Reads, and tries of a fill: others may be busy with the same.
constexpr int kMostAttempts = 3;

bool covers(const std::vector<std::uint64_t>& asked, const std::vector<std::uint64_t>& borne) {
  return std::ranges::all_of(
      borne, [&](std::uint64_t mark) { return std::ranges::find(asked, mark) != asked.end(); });
}

}  // namespace

RuledHalf::RuledHalf(std::shared_ptr<SharedHalf> shared, std::string cache, const Guid& refresher,
                     LogView& view, Trouble trouble, const HybridSharing& sharing,
                     const CacheClock& clock)
    : shared_(std::move(shared)),
      cache_(std::move(cache)),
      prefix_(cache_ + (sharing.version.empty() ? "" : "#" + sharing.version) + "/"),
      lease_prefix_(cache_ + "#" + sharing.version + "#/"),
      one_load_(sharing.one_load),
      refresher_(refresher),
      view_(view),
      trouble_(std::move(trouble)),
      patience_(clock ? 0ms : kCatchUp),
      reads_(clock),
      writes_(clock) {}

void RuledHalf::follow(std::shared_ptr<LogAccess> log) {
  const std::lock_guard lock(mutex_);
  log_.swap(log);
}

std::shared_ptr<LogAccess> RuledHalf::log() const {
  const std::lock_guard lock(mutex_);
  return log_;
}

Fingerprint RuledHalf::origin() const {
  const std::shared_ptr<LogAccess> log = this->log();
  return log == nullptr ? Fingerprint() : log->origin();
}

RuledHalf::Counts RuledHalf::counts() const {
  return {hits_, misses_, failed_reads_, failed_fills_, refused_fills_, waits_for_nodes_};
}

void RuledHalf::report(const Error& error, std::atomic<std::uint64_t>& count) const {
  ++count;
  if (trouble_) {
    trouble_(error);
  }
}

// The epoch first: a place that is taken over a restart is of no use.
RuledHalf::Start RuledHalf::begin() const {
  const std::shared_ptr<LogAccess> log = this->log();
  const std::uint64_t epoch = view_.begun().epoch;
  return log == nullptr || epoch == 0 ? Start() : Start{epoch, log->place()};
}

RuledHalf::Found RuledHalf::read(const std::string& key, const std::vector<std::string>& tags,
                                 const std::function<bool(const std::string& data)>& takes,
                                 bool again) {
  const std::shared_ptr<LogAccess> log = this->log();
  if (shared_ == nullptr || log == nullptr || reads_.is_on()) {
    return {};
  }
  Found none;
  std::vector<std::uint64_t> marks = marks_of(key, tags);
  for (int tries = 0; tries < kMostAttempts; ++tries) {
    SharedHalf::Read found;
    try {
      found = shared_->read(cache_, prefix_ + key, marks);
      reads_.ended();
    } catch (const Error& error) {
      reads_.failed();
      report(error, failed_reads_);
      return none;
    }
    none.seen = {found.record.generation == 0 ? first_record(*log) : found.record,
                 found.newest_mark};
    std::optional<StoredValue> stored =
        found.value ? StoredValue::read(std::move(found.value->data)) : std::nullopt;
    if (!stored) {
      break;
    }
    std::vector<std::uint64_t> borne = marks_of(key, stored->tags);
    if (!covers(marks, borne)) {  // it bears tags that were not expected
      none.seen = {};
      marks = std::move(borne);
      continue;
    }
    if (!is_served(*log, stored->made, found, borne) || !takes(stored->data)) {
      break;
    }
    ++hits_;
    return {std::move(stored->data),
            std::move(stored->tags),
            found.value->left,
            found.value->sliding,
            {}};
  }
  misses_ += again ? 0 : 1;
  return none;
}

// Before anything is made, which could not be stored without.
HybridRecord RuledHalf::first_record(LogAccess& log) {
  HybridRecord made;
  static_cast<void>(error_of([&] {
    const std::optional<Plan> first = plan(log, begin(), {}, nullptr);
    if (first && !writes_.is_on()) {
      made = write({}, *first, nullptr).record;
    }
  }));
  return made;
}

bool RuledHalf::is_served(LogAccess& log, const LogView::Made& made, const SharedHalf::Read& found,
                          const std::vector<std::uint64_t>& marks) {
  using Verdict = LogView::Verdict;
  const auto judge = [&](const HybridRecord& record, EntryId newest_mark) {
    Verdict verdict = view_.judge(made, record, newest_mark, marks);
    if (verdict == Verdict::ahead) {
      log.hurry();
      if (view_.wait(record.through.id, patience_)) {
        verdict = view_.judge(made, record, newest_mark, marks);
      }
    }
    return verdict;
  };
  const Verdict verdict = judge(found.record, found.newest_mark);
  if (verdict != Verdict::unknown) {
    return verdict == Verdict::serves;
  }
  // Its record has not moved for long: what it would say now.
  try {
    const std::optional<Plan> now = plan(log, begin(), found.record, nullptr);
    if (!now) {
      return false;
    }
    EntryId newest = found.newest_mark;
    for (const HybridMark& mark : now->marks) {
      if (std::ranges::find(marks, mark.what) != marks.end()) {
        newest = std::max(newest, mark.entry);
      }
    }
    if (!writes_.is_on()) {
      // So that the next one need not look. Reading needs no right to write.
      static_cast<void>(error_of([&] { write(found.record, *now, nullptr); }));
    }
    return !now->anew && judge(now->next, newest) == Verdict::serves;
  } catch (const Error& error) {
    report(error, failed_reads_);
    return false;
  }
}

void RuledHalf::prepare() noexcept {
  try {
    const std::shared_ptr<LogAccess> log = this->log();
    if (has_record_ || shared_ == nullptr || log == nullptr || reads_.is_on() || writes_.is_on()) {
      return;
    }
    if (shared_->read(cache_, {}, {}).record.generation == 0) {
      static_cast<void>(first_record(*log));
    }
    has_record_ = true;
  } catch (...) {  // NOLINT(bugprone-empty-catch): the set will find out, and say so
  }
}

void RuledHalf::fill(const Fill& fill) {
  const std::shared_ptr<LogAccess> log = this->log();
  if (shared_ == nullptr || log == nullptr || fill.start.epoch == 0 || writes_.is_on() ||
      reads_.is_on()) {
    ++refused_fills_;
    return;
  }
  try {
    const std::vector<std::uint64_t> marks = marks_of(fill.key, fill.tags);
    const EntryId applied = fill.set.value_or(fill.start.place.applied);
    if (view_.newest(marks) > applied) {  // void, and no look is needed to know it
      ++refused_fills_;
      return;
    }
    HybridRefresher::Seen seen = fill.seen.value_or(HybridRefresher::Seen{});
    for (int tries = 0; tries < kMostAttempts; ++tries) {
      if (seen.record.generation == 0) {
        const SharedHalf::Read now = shared_->read(cache_, {}, marks);
        seen = {now.record, now.newest_mark};
      }
      const HybridRecord record = seen.record;
      const std::optional<Plan> next = plan(*log, fill.start, record, &fill);
      if (!next) {
        break;
      }
      // What is void must not take the place of what is not.
      const bool stores = !next->anew && !next->is_void && seen.newest_mark <= applied;
      const SharedHalf::Written written = write(record, *next, stores ? &fill : nullptr);
      if (written.done && stores) {
        return;
      }
      if (written.done) {
        break;
      }
      seen = {};
    }
    ++refused_fills_;
  } catch (const Error& error) {
    report(error, failed_fills_);
  }
}

void RuledHalf::move_on() noexcept {
  try {
    const std::shared_ptr<LogAccess> log = this->log();
    if (log == nullptr) {
      return;
    }
    log->hurry();
    if (shared_ == nullptr || reads_.is_on() || writes_.is_on()) {
      return;
    }
    const Start start = begin();
    HybridRecord record = shared_->read(cache_, {}, {}).record;
    for (int tries = 0; tries < kMostAttempts && record.generation != 0; ++tries) {
      const std::optional<Plan> next = plan(*log, start, record, nullptr);
      if (!next || write(record, *next, nullptr).done) {
        return;
      }
      record = shared_->read(cache_, {}, {}).record;
    }
  } catch (...) {  // NOLINT(bugprone-empty-catch): whoever reads next looks himself
  }
}

SharedHalf::Written RuledHalf::write(const HybridRecord& record, const Plan& plan,
                                     const Fill* fill) {
  SharedHalf::Write write{
      .cache = cache_, .expected = record, .next = plan.next, .marks = plan.marks};
  std::string key;
  std::string data;
  if (fill != nullptr) {
    const EntryId applied = fill->set.value_or(fill->start.place.applied);
    key = prefix_ + fill->key;
    data = StoredValue::write({plan.next.generation, applied}, fill->tags, fill->data);
    write.key = key;
    write.data = data;
    write.expiry = fill->expiry;
  }
  if (fill == nullptr && plan.next == record) {
    return {true, record};
  }
  try {
    const SharedHalf::Written written = shared_->write(write);
    writes_.ended();
    return written;
  } catch (const Error& error) {
    if (!error.invalid_argument()) {  // else it is the value that is wrong
      writes_.failed();
    }
    throw;
  }
}

}  // namespace crier
