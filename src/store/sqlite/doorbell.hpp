// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/local_wakeup.hpp"
#include "store/sqlite/doorbell_file.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace crier::sqlite {

// A count of rings in a file of its own beside the database, `<database>-doorbell`, on which the
// pollers of the host sleep (a futex in shared memory). If the file can't be used, wait() wakes
// for this process's own rings only, and what others append is seen by polling. A file that bears
// the name and is no doorbell is left as it is.
//
// The mapped memory is touched by the kernel alone (futex calls, pread): a file that someone cuts
// off under us gives an error code, where a load or store of our own would be a SIGBUS.
class Doorbell final : public Wakeup {
 public:
  explicit Doorbell(std::string database);
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
  void hear_own() noexcept override { hears_own_ = true; }
  [[nodiscard]] std::string trouble() const override;

 private:
  static constexpr std::uint64_t kUnknown = ~std::uint64_t{};

  // Rings through the mapping, `ring_it` says how; if it can't be used, the next one.
  void ring(bool (DoorbellFile::*ring_it)() const) noexcept;
  [[nodiscard]] std::shared_ptr<DoorbellFile> current() const;
  // The mapping that is in order now, or null; `trouble_` says why.
  std::shared_ptr<DoorbellFile> heal();
  void drop(const std::shared_ptr<DoorbellFile>& broken);

  const std::string database_;
  const std::uint32_t mask_;
  // After a ring: the mark that stands for it, which need not be read. If it was one of several,
  // the next wait ends at once.
  std::atomic<std::uint64_t> next_ = kUnknown;
  std::atomic<std::chrono::steady_clock::time_point> healed_at_{};
  std::atomic<bool> hears_own_ = false;
  std::atomic<int> sleepers_ = 0;  // on the mapping, by this very object
  LocalWakeup local_;

  mutable std::mutex mutex_;
  std::shared_ptr<DoorbellFile> mapping_;  // guarded by mutex_, as are the two below
  std::uint32_t openings_ = 0;
  std::string trouble_;
};

}  // namespace crier::sqlite
