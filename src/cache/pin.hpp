// SPDX-License-Identifier: MIT
#pragma once

#include "cache/reading.hpp"

#include <mutex>

namespace crier {

// Guards `pins` of entries that were to be destroyed while they were pinned, which is rare.
inline std::mutex orphans_mutex;

// REQUIRES: it can't be found any more, and Writing has ended since: so nobody pins it anew. Entry:
// `pins`, a number.
template <class Entry, class Destroy>
void destroy_unless_pinned(Entry& entry, Destroy destroy) noexcept {
  const auto pinned = reinterpret_cast<ReadSlots::Word>(&entry) | ReadSlots::kPinned;
  const std::size_t slots = ReadSlots::used();
  bool is_pinned = false;
  for (std::size_t slot = 0; slot < slots && !is_pinned; ++slot) {
    is_pinned = ReadSlots::at(slot).load(std::memory_order_acquire) == pinned;
  }
  if (is_pinned) {
    const std::lock_guard lock(orphans_mutex);
    for (std::size_t slot = 0; slot < slots; ++slot) {
      ReadSlots::Word word = pinned;
      entry.pins += ReadSlots::at(slot).compare_exchange_strong(word, pinned | ReadSlots::kOrphaned,
                                                                std::memory_order_acq_rel)
                        ? 1U
                        : 0U;
    }
    if (entry.pins > 0) {
      return;
    }
  }
  destroy(&entry);
}

// Holds an entry without counting who does: it says so in this thread's slot.
template <class Entry, class Destroy>
class Pin {
 public:
  // Ends the reading. REQUIRES: it is granted, and has found the entry; both are this thread's.
  Pin(Reading& reading, Entry& entry) noexcept : slot_(reading.slot()), entry_(&entry) {
    reading.pin(&entry);
  }
  Pin() = default;
  Pin(Pin&& other) noexcept : slot_(other.slot_), entry_(std::exchange(other.entry_, nullptr)) {}
  ~Pin() {
    if (entry_ != nullptr &&
        (ReadSlots::at(slot_).exchange(ReadSlots::kNothing) & ReadSlots::kOrphaned) != 0 &&
        is_last()) {
      Destroy()(entry_);
    }
  }
  Pin& operator=(Pin&&) = delete;

  // Null if it holds none.
  [[nodiscard]] Entry* entry() const noexcept { return entry_; }

 private:
  [[nodiscard]] bool is_last() const noexcept {
    const std::lock_guard lock(orphans_mutex);
    return --entry_->pins == 0;
  }

  std::size_t slot_ = 0;
  Entry* entry_ = nullptr;
};

}  // namespace crier
