// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/local_wakeup.hpp"
#include "store/sqlite/doorbell_file.hpp"
#include "store/sqlite/entry_ring.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A count of rings in a file of its own beside the database, `<database>-doorbell`, on which the
// pollers of the host sleep (a futex in shared memory). If the file can't be used, wait() wakes
// for this process's own rings only, and what others append is seen by polling. A file that bears
// the name and is no doorbell is left as it is.
//
// Behind the count lie the newest entries of the log, so that who is woken need not read the table
// for them: see EntryRing.
//
// The mapped memory is touched by the kernel alone (futex calls, pread): a file that someone cuts
// off under us gives an error code, where a load or store of our own would be a SIGBUS.
class Doorbell final : public Wakeup {
 public:
  // Entries of `log` are handed over with a ring, of no other; of none if it is empty.
  explicit Doorbell(std::string database, std::string_view log = {});
  ~Doorbell() override;
  Doorbell(const Doorbell&) = delete;
  Doorbell& operator=(const Doorbell&) = delete;

  // Opens the file if that is yet to be done, and anew if it is no longer the one at the
  // path: looked at each time, but not if a ring has ended the last wait and the file was in
  // order half a second ago. The upper half of a mark says of which opening it is.
  [[nodiscard]] std::uint64_t mark() noexcept override;
  bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept override;
  void ring() noexcept override;
  void ring_others() noexcept override;
  void ring_self() noexcept override;
  void hear_own() noexcept override { hears_own_ = true; }
  [[nodiscard]] bool hand_over(const Cursor& before,
                               std::span<const Entry> entries) noexcept override;
  [[nodiscard]] bool hands_over() const noexcept override;
  void ring_with_entries() noexcept override;
  [[nodiscard]] Rings rings() noexcept override;
  [[nodiscard]] std::optional<std::size_t> take(const Cursor& after,
                                                Entry& entry) noexcept override;
  [[nodiscard]] std::string trouble() const override;

 private:
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{};

  // Rings through the mapping; if it can't be used, the next one. Returns how many it woke.
  long ring(DoorbellFile::Ring how) noexcept;
  void ring_others(bool with_entries) noexcept;
  [[nodiscard]] std::shared_ptr<DoorbellFile> current() const;
  // The mapping that is in order now, or null; `trouble_` says why.
  std::shared_ptr<DoorbellFile> heal();
  void drop(const std::shared_ptr<DoorbellFile>& broken);

  const std::string database_;
  const std::uint32_t mask_;
  const std::optional<EntryRing> entries_;
  // After a ring: the mark that stands for it, which need not be read. If it was one of several,
  // the next wait ends at once.
  std::atomic<std::uint64_t> next_ = kUnknown;
  std::atomic<std::chrono::steady_clock::time_point> healed_at_{};
  std::atomic<bool> hears_own_ = false;
  std::atomic<int> sleepers_ = 0;  // on the mapping, by this very object
  std::atomic<bool> woke_ = true;  // the last ring of others did, or none has been
  std::atomic<std::chrono::steady_clock::time_point> woke_at_{};
  LocalWakeup local_;

  mutable std::mutex mutex_;
  std::shared_ptr<DoorbellFile> mapping_;  // guarded by mutex_, as are the two below
  std::uint32_t openings_ = 0;
  std::string trouble_;
};

}  // namespace crier::sqlite
