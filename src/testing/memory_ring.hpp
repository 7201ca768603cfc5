// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/wakeup.hpp>

#include "base/local_wakeup.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace crier::testing {

/// A wake-up that hands entries over, if `is_on`: what a restore takes out of the log stays here.
/// Thread-safe, but for the two that are set.
class MemoryRing final : public Wakeup {
 public:
  /// What becomes of an entry that is handed over.
  enum class Fate : std::uint8_t { now, late, never };

  bool is_on = false;
  std::function<Fate()> fate = [] { return Fate::now; };
  /// Those that are late are there now.
  void arrive() {
    const std::lock_guard lock(mutex_);
    for (auto& slot : late_) {
      put(std::move(slot));
    }
    late_.clear();
  }

  [[nodiscard]] std::uint64_t mark() noexcept override { return local_.mark(); }
  bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept override {
    return local_.wait(mark, timeout);
  }
  void ring() noexcept override {
    count(&Rings::without);
    local_.ring();
  }
  void ring_with_entries() noexcept override {
    count(&Rings::with_entries);
    local_.ring();
  }
  [[nodiscard]] Rings rings() noexcept override {
    const std::lock_guard lock(mutex_);
    return is_on ? rings_ : Rings{};
  }
  [[nodiscard]] std::string trouble() const override { return {}; }

  [[nodiscard]] bool hand_over(const Cursor& before,
                               std::span<const Entry> entries) noexcept override {
    const std::lock_guard lock(mutex_);
    Fingerprint last = before.fingerprint;
    for (std::size_t following = entries.size(); const Entry& entry : entries) {
      const Fate what_becomes = fate();
      Slot slot{last, --following, entry};
      if (what_becomes == Fate::now) {
        put(std::move(slot));
      } else if (what_becomes == Fate::late) {
        late_.push_back(std::move(slot));
      }
      last = entry.fingerprint();
    }
    return is_on;
  }
  [[nodiscard]] bool hands_over() const noexcept override { return is_on; }
  [[nodiscard]] std::optional<std::size_t> take(const Cursor& after,
                                                Entry& entry) noexcept override {
    const std::lock_guard lock(mutex_);
    const auto found = slots_.find(after.id.value + 1);
    if (!is_on || found == slots_.end() || found->second.before != after.fingerprint) {
      return std::nullopt;
    }
    entry = found->second.entry;
    return found->second.following;
  }
  /// What anybody may do who may write there.
  void forge(const Cursor& before, const Entry& entry, std::size_t following = 0) {
    const std::lock_guard lock(mutex_);
    put({before.fingerprint, following, entry});
  }

 private:
  struct Slot {
    Fingerprint before;
    std::size_t following = 0;
    Entry entry;
  };

  void put(Slot slot) {
    const std::int64_t id = slot.entry.id.value;
    slots_[id] = std::move(slot);
  }
  void count(std::uint32_t Rings::*kind) {
    const std::lock_guard lock(mutex_);
    ++(rings_.*kind);
  }

  LocalWakeup local_;
  mutable std::mutex mutex_;
  Rings rings_;                         // guarded by mutex_, as are the two below
  std::map<std::int64_t, Slot> slots_;  // by id
  std::vector<Slot> late_;
};

}  // namespace crier::testing
