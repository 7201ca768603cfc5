// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/log.hpp>
#include <crier/guid.hpp>
#include <crier/hybrid_refresher.hpp>
#include <crier/log_follower.hpp>
#include <crier/shared_half.hpp>

#include "cache/hybrid/log_view.hpp"
#include "cache/hybrid/outage.hpp"
#include "cache/hybrid/sweep.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// The shared half of one hybrid cache, read and filled by the rule (spec/hybrid.pml). Thread-safe.
// What fails is reported, and is a miss, or a fill that did not come to be.
class RuledHalf {
 public:
  using Start = HybridRefresher::Start;
  using Found = HybridRefresher::Found;
  using Fill = HybridRefresher::Fill;
  using Wanted = HybridRefresher::Wanted;
  using Takes = HybridRefresher::Takes;
  using Counts = HybridRefresher::Counts;
  using Trouble = std::function<void(const Error&)>;

  // `view` outlives it. `clock`: empty but in tests, in which no time passes while a read waits.
  RuledHalf(std::shared_ptr<SharedHalf> shared, std::string cache, const Guid& refresher,
            LogView& view, Trouble trouble, const HybridSharing& sharing = {},
            const CacheClock& clock = {});

  // By what the log is asked from now on; null: there is none.
  void follow(std::shared_ptr<LogAccess> log);

  // As HybridRefresher's.
  [[nodiscard]] Found read(const Wanted& wanted, const Takes& takes, bool again = false);
  [[nodiscard]] std::vector<Found> read(std::span<const Wanted> wanted, const Takes& takes,
                                        bool again = false);
  [[nodiscard]] std::shared_ptr<void> lease(const std::string& key,
                                            const std::function<bool()>& look);
  [[nodiscard]] Start begin() const;
  // Before something is set: there is a record. Once found, it is not looked for again.
  void prepare() noexcept;
  void fill(const Fill& fill);
  void fill_failed(const Error& error) const { report(error, failed_fills_); }
  // The record knows of what this node has published, so that the others need not look.
  void move_on() noexcept;
  // As LogFollower's.
  [[nodiscard]] bool sweep() noexcept;
  [[nodiscard]] Counts counts() const;
  // Stands for the row of entry 0.
  [[nodiscard]] Fingerprint origin() const;
  [[nodiscard]] const std::shared_ptr<SharedHalf>& shared() const { return shared_; }
  // The longest that stands before a key.
  [[nodiscard]] std::size_t longest_prefix() const {
    return one_load_ ? lease_prefix_.size() : prefix_.size();
  }

 private:
  // How a record is to go on.
  struct Plan {
    HybridRecord next;
    std::vector<HybridMark> marks = {};
    bool anew = false;     // another record, since the log does not go on from this one
    bool is_void = false;  // what is to be stored would be
  };

  // Reads, and tries of a fill: others may be busy with the same.
  static constexpr int kMostAttempts = 3;

  [[nodiscard]] std::shared_ptr<LogAccess> log() const;
  // One look at the log. Nothing if this node is not where it was at `start`, or it can't be told.
  [[nodiscard]] std::optional<Plan> plan(LogAccess& log, const Start& start,
                                         const HybridRecord& record, const Fill* fill) const;
  // What the rows after `after` invalidate.
  void add_rows(const Page& page, EntryId after, Plan& plan) const;
  // Whether others have invalidated what this node has set, since it began to.
  [[nodiscard]] bool is_overtaken(LogAccess& log, const Page& page, const Fill& set) const;
  // One that is wanted, as long as it is not settled.
  struct Open {
    std::size_t place;
    std::string key;  // in the shared half
    std::vector<std::uint64_t> marks;
  };
  struct Round;
  [[nodiscard]] std::vector<SharedHalf::Read> ask(std::span<const Open> open) const;
  // Whether it is: either in `found`, or a miss. Else it is to be read again.
  [[nodiscard]] bool settle(Round& round, const Wanted& wanted, Open& open, SharedHalf::Read read,
                            const Takes& takes, Found& found);
  [[nodiscard]] bool is_served(Round& round, const LogView::Made& made,
                               const SharedHalf::Read& found,
                               const std::vector<std::uint64_t>& marks);
  // There is none yet.
  [[nodiscard]] HybridRecord first_record(LogAccess& log);
  // Writes it, and says what stands there now.
  SharedHalf::Written write(const HybridRecord& record, const Plan& plan, const Fill* fill);
  // Nobody waits for what failed: it runs out.
  void give_back(SharedCache& entries, const std::string& lease, const std::string& mine) noexcept;
  void report(const Error& error, std::atomic<std::uint64_t>& count) const;

  const std::shared_ptr<SharedHalf> shared_;  // may be null
  const std::string cache_;                   // has one record, whatever the versions
  const std::string prefix_;                  // of its entries
  const std::string lease_prefix_;            // no version has a '#'
  const std::optional<std::chrono::milliseconds> one_load_;
  const Guid refresher_;
  LogView& view_;
  const Trouble trouble_;
  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::shared_ptr<LogAccess> log_;  // guarded by mutex_

  std::mutex sweep_mutex_;
  Sweep sweep_;  // guarded by sweep_mutex_

  std::atomic<bool> has_record_ = false;
  Outage reads_;
  Outage writes_;
  std::atomic<std::uint64_t> hits_ = 0;
  std::atomic<std::uint64_t> misses_ = 0;
  mutable std::atomic<std::uint64_t> failed_reads_ = 0;
  mutable std::atomic<std::uint64_t> failed_fills_ = 0;
  std::atomic<std::uint64_t> refused_fills_ = 0;
  std::atomic<std::uint64_t> waits_for_nodes_ = 0;
  std::atomic<std::uint64_t> swept_ = 0;
};

}  // namespace crier
