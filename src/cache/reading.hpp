// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace crier {

// How threads read what is shared, and write only to a cache line of their own: each has a slot in
// which it says what it reads, and who is to change that waits until no slot says so. A mutex that
// readers share would be written by all of them.
//
// Of more threads than there are slots some share one. Who finds its slot in use, if by itself
// further up, has to take the lock that writers take.
class ReadSlots {
 public:
  static constexpr std::size_t kCount = 32;

  // What a slot says: that nothing is read, or the address of what is, with these bits.
  using Word = std::uintptr_t;
  static constexpr Word kNothing = 0;
  static constexpr Word kPinned = 1;    // an entry, which must not be destroyed
  static constexpr Word kOrphaned = 2;  // the same, and who lets it go last destroys it

  [[nodiscard]] static std::size_t of_this_thread() noexcept {
    if (own_ == 0) {
      own_ = next_.fetch_add(1, std::memory_order_seq_cst) + 1;
    }
    return (own_ - 1) % kCount;
  }
  [[nodiscard]] static std::atomic<Word>& at(std::size_t slot) noexcept {
    return slots_[slot].word;
  }
  // Those that are in use: the first ones.
  [[nodiscard]] static std::size_t used() noexcept {
    const std::size_t threads = next_.load(std::memory_order_seq_cst);
    return threads < kCount ? threads : kCount;
  }

 private:
  struct alignas(64) Slot {
    std::atomic<Word> word = kNothing;
  };
  static std::array<Slot, kCount> slots_;
  static std::atomic<std::size_t> next_;
  static constinit thread_local std::size_t own_;  // from 1 on
};

// A flag that is set while something is changed.
class ReadGate {
 public:
  ReadGate() = default;
  ReadGate(const ReadGate&) = delete;
  ReadGate& operator=(const ReadGate&) = delete;

 private:
  friend class Reading;
  friend class Writing;
  [[nodiscard]] ReadSlots::Word word() const noexcept {
    return reinterpret_cast<ReadSlots::Word>(this);
  }
  // Not on a line that readers read: one that is set and reset takes it from them, as it must.
  std::atomic<bool> is_closed_ = false;
};

// From its construction to its destruction nothing behind the gate changes, if it is granted.
// Short: who writes spins meanwhile. REQUIRES: within it this thread takes no lock.
class Reading {
 public:
  explicit Reading(const ReadGate& gate) noexcept : slot_(ReadSlots::of_this_thread()) {
    ReadSlots::Word nothing = ReadSlots::kNothing;
    // Both in the one order of all such: either this sees that the gate is closed, or who closes it
    // sees this.
    if (ReadSlots::at(slot_).compare_exchange_strong(nothing, gate.word(),
                                                     std::memory_order_seq_cst)) {
      is_granted_ = !gate.is_closed_.load(std::memory_order_seq_cst);
      if (!is_granted_) {
        ReadSlots::at(slot_).store(ReadSlots::kNothing, std::memory_order_release);
      }
    }
  }
  ~Reading() {
    if (is_granted_) {
      ReadSlots::at(slot_).store(ReadSlots::kNothing, std::memory_order_release);
    }
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  [[nodiscard]] bool is_granted() const noexcept { return is_granted_; }
  // Which no other thread uses meanwhile.
  [[nodiscard]] std::size_t slot() const noexcept { return slot_; }
  // Ends it, but for this one entry, which is destroyed by unpin() at the earliest.
  void pin(const void* entry) noexcept {
    is_granted_ = false;
    ReadSlots::at(slot_).store(reinterpret_cast<ReadSlots::Word>(entry) | ReadSlots::kPinned,
                               std::memory_order_release);
  }

 private:
  const std::size_t slot_;
  bool is_granted_ = false;
};

// From its construction to its destruction nobody reads behind the gate. REQUIRES: one at a time.
class Writing {
 public:
  explicit Writing(ReadGate& gate) noexcept : gate_(gate) {
    gate.is_closed_.store(true, std::memory_order_seq_cst);
    for (std::size_t slot = 0; slot < ReadSlots::used(); ++slot) {
      for (int looks = 0; ReadSlots::at(slot).load(std::memory_order_seq_cst) == gate.word();
           ++looks) {
        if (looks > kLooks) {  // it may not run
          std::this_thread::yield();
        }
      }
    }
  }
  ~Writing() { gate_.is_closed_.store(false, std::memory_order_release); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  static constexpr int kLooks = 100;
  ReadGate& gate_;
};

}  // namespace crier
