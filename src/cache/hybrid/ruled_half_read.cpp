// SPDX-License-Identifier: MIT
// What the shared half has may be served: many values are asked for together, and each is judged by
// itself.
#include <crier/error.hpp>

#include "base/error_of.hpp"
#include "cache/hybrid/invalidations.hpp"
#include "cache/hybrid/ruled_half.hpp"
#include "cache/hybrid/stored_value.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace crier {
namespace {

bool covers(const std::vector<std::uint64_t>& asked, const std::vector<std::uint64_t>& borne) {
  return std::ranges::all_of(
      borne, [&](std::uint64_t mark) { return std::ranges::find(asked, mark) != asked.end(); });
}

}  // namespace

// What is done once for values that were read together, and holds for each of them since it was
// done after that.
struct RuledHalf::Round {
  LogAccess& log;
  EntryId waited = {};                         // for evictions up to this entry to begin
  std::optional<HybridRecord> first = {};      // there was no record
  std::optional<HybridRecord> looked_at = {};  // the record for which the log was looked at:
  std::optional<Plan> plan = {};               // how it goes on, if that could be told
};

// One alone costs a shared half less, and is what is read most.
RuledHalf::Found RuledHalf::read(const Wanted& wanted, const Takes& takes, bool again) {
  Found found;
  const std::shared_ptr<LogAccess> log = this->log();
  if (shared_ == nullptr || log == nullptr || reads_.is_on()) {
    return found;
  }
  Open open{0, prefix_ + std::string(wanted.key), marks_of(wanted.key, wanted.tags)};
  bool is_settled = false;
  for (int tries = 0; tries < kMostAttempts && !is_settled; ++tries) {
    SharedHalf::Read read;
    try {
      read = shared_->read(cache_, open.key, open.marks);
      reads_.ended();
    } catch (const Error& error) {
      reads_.failed();
      report(error, failed_reads_);
      return found;
    }
    Round round{*log};
    is_settled = settle(round, wanted, open, std::move(read), takes, found);
  }
  misses_ += again || found.data ? 0 : 1;
  return found;
}

std::vector<RuledHalf::Found> RuledHalf::read(std::span<const Wanted> wanted, const Takes& takes,
                                              bool again) {
  std::vector<Found> found(wanted.size());
  if (wanted.size() == 1) {
    found.front() = read(wanted.front(), takes, again);
    return found;
  }
  const std::shared_ptr<LogAccess> log = this->log();
  if (shared_ == nullptr || log == nullptr || reads_.is_on()) {
    return found;
  }
  std::vector<Open> open;
  open.reserve(wanted.size());
  for (const Wanted& one : wanted) {
    open.push_back({open.size(), prefix_ + std::string(one.key), marks_of(one.key, one.tags)});
  }
  std::size_t missing = 0;
  for (int tries = 0; tries < kMostAttempts && !open.empty(); ++tries) {
    std::vector<Open> left;
    for (std::span<Open> rest = open; !rest.empty();) {
      const std::span<Open> page = rest.first(std::min(rest.size(), SharedHalf::kMostAsks));
      rest = rest.subspan(page.size());
      std::vector<SharedHalf::Read> reads;
      try {
        reads = ask(page);
        reads_.ended();
      } catch (const Error& error) {
        reads_.failed();
        report(error, failed_reads_);
        misses_ += again ? 0 : missing;
        return found;
      }
      Round round{*log};
      for (std::size_t i = 0; i < page.size(); ++i) {
        Found& one = found[page[i].place];
        if (!settle(round, wanted[page[i].place], page[i], std::move(reads[i]), takes, one)) {
          left.push_back(std::move(page[i]));
        } else if (!one.data) {
          ++missing;
        }
      }
    }
    open.swap(left);
  }
  misses_ += again ? 0 : missing + open.size();
  return found;
}

std::vector<SharedHalf::Read> RuledHalf::ask(std::span<const Open> open) const {
  std::vector<SharedHalf::Ask> asks;
  asks.reserve(open.size());
  for (const Open& one : open) {
    asks.push_back({one.key, one.marks});
  }
  return shared_->read_many(cache_, asks);
}

bool RuledHalf::settle(Round& round, const Wanted& wanted, Open& open, SharedHalf::Read read,
                       const Takes& takes, Found& found) {
  if (read.record.generation == 0 && !round.first) {
    round.first = first_record(round.log);
  }
  found.seen = {read.record.generation == 0 ? *round.first : read.record, read.newest_mark};
  std::optional<StoredValue> stored =
      read.value ? StoredValue::read(std::move(read.value->data)) : std::nullopt;
  if (!stored) {
    return true;
  }
  std::vector<std::uint64_t> borne = marks_of(wanted.key, stored->tags);
  if (!covers(open.marks, borne)) {  // it bears tags that were not expected
    found.seen = {};
    open.marks = std::move(borne);
    return false;
  }
  if (is_served(round, stored->made, read, borne) && takes(open.place, stored->data)) {
    ++hits_;
    found = {std::move(stored->data),
             std::move(stored->tags),
             read.value->left,
             read.value->sliding,
             {}};
  }
  return true;
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

bool RuledHalf::is_served(Round& round, const LogView::Made& made, const SharedHalf::Read& found,
                          const std::vector<std::uint64_t>& marks) {
  using Verdict = LogView::Verdict;
  const auto judge = [&](const HybridRecord& record, EntryId newest_mark) {
    Verdict verdict = view_.judge(made, record, newest_mark, marks);
    if (verdict == Verdict::ahead && round.waited < record.through.id) {
      round.waited = record.through.id;
      round.log.hurry();
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
  if (round.looked_at != found.record) {
    round.looked_at = found.record;
    round.plan.reset();
    try {
      round.plan = plan(round.log, begin(), found.record, nullptr);
    } catch (const Error& error) {
      report(error, failed_reads_);
    }
    if (round.plan && !writes_.is_on()) {
      // So that the next one need not look. Reading needs no right to write.
      static_cast<void>(error_of([&] { write(found.record, *round.plan, nullptr); }));
    }
  }
  if (!round.plan || round.plan->anew) {
    return false;
  }
  EntryId newest = found.newest_mark;
  for (const HybridMark& mark : round.plan->marks) {
    if (std::ranges::find(marks, mark.what) != marks.end()) {
      newest = std::max(newest, mark.entry);
    }
  }
  return judge(round.plan->next, newest) == Verdict::serves;
}

}  // namespace crier
