// SPDX-License-Identifier: MIT
#include "cache/hybrid/ruled_half.hpp"

#include <crier/error.hpp>

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
      sweep_(shared_, cache_),
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
  return {hits_, misses_, failed_reads_, failed_fills_, refused_fills_, waits_for_nodes_, swept_};
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
    if (shared_ == nullptr || log == nullptr || reads_.is_on() || writes_.is_on()) {
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

// Nobody else waits for what it does, nor is kept from the shared half by what it fails at.
bool RuledHalf::sweep() noexcept {
  try {
    const std::lock_guard lock(sweep_mutex_);
    if (reads_.is_on() || writes_.is_on()) {
      return false;
    }
    try {
      sweep_.step(std::chrono::steady_clock::now());
    } catch (const Error& error) {
      report(error, failed_fills_);
    }
    swept_ = sweep_.removed();
    return sweep_.is_under_way();
  } catch (...) {  // no memory: later
    return false;
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
