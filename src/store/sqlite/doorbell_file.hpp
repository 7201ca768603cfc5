// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/wakeup.hpp>

#include "base/plain_file.hpp"
#include "store/sqlite/entry_ring.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <sys/stat.h>

namespace crier::sqlite {

// The file on which the pollers of a host sleep, open, and its memory. Immutable; the calls on it
// are thread-safe. `mask` is of who sleeps here: see wake_mask.hpp.
class DoorbellFile {
 public:
  static constexpr std::size_t kSize = 4096;  // of its memory

  // That of `database`, made if need be; null if it can't be had. `why` says why, or what can't be
  // done with it.
  static std::shared_ptr<DoorbellFile> open(const std::string& database, std::uint32_t mask,
                                            std::uint32_t opening, std::string& why);
  DoorbellFile(std::string database, PlainFile file, void* memory, const struct stat& status,
               bool keeps_entries, std::uint32_t mask, std::uint32_t opening);
  ~DoorbellFile();
  DoorbellFile(const DoorbellFile&) = delete;
  DoorbellFile& operator=(const DoorbellFile&) = delete;

  [[nodiscard]] std::uint32_t opening() const { return opening_; }
  // Whether the path still leads here, to a whole file that the same users may read and write.
  [[nodiscard]] bool in_place() const;
  [[nodiscard]] std::optional<std::uint32_t> count() const;

  struct Ring {
    bool of_others = false;     // who sleeps here sleeps on, which takes the kernel one more turn
    bool with_entries = false;  // see Wakeup
  };
  // One more ring; returns how many it woke, or nothing if the memory is not there.
  [[nodiscard]] std::optional<long> ring(Ring how) const;
  // Wakes who sleeps here. It is no ring.
  void wake_own() const;
  [[nodiscard]] Wakeup::Rings rings() const;
  // The entries of `ring`, which lie behind the memory: see EntryRing. None are kept if others may
  // read or write this than may the database.
  [[nodiscard]] bool put(const EntryRing& ring, const Cursor& before,
                         std::span<const Entry> entries) const noexcept {
    return keeps_entries_ && ring.put(file_.fd(), before, entries);
  }
  [[nodiscard]] std::optional<std::size_t> find(const EntryRing& ring, const Cursor& after,
                                                Entry& entry) const noexcept {
    return keeps_entries_ ? ring.find(file_.fd(), after, entry) : std::nullopt;
  }
  // 0 if it was woken, else the error number; EAGAIN: there was a ring since `seen`.
  [[nodiscard]] int sleep(std::uint32_t seen, std::chrono::steady_clock::time_point until) const;

 private:
  // On which everybody sleeps.
  [[nodiscard]] std::uint32_t* all_rings() const { return static_cast<std::uint32_t*>(memory_); }
  // Of them those without entries. On this word nobody sleeps.
  [[nodiscard]] std::uint32_t* bare_rings() const { return all_rings() + 1; }

  const std::string database_;
  const std::string path_;
  const PlainFile file_;
  void* const memory_;
  const dev_t device_;
  const ino_t inode_;
  const bool keeps_entries_;
  const std::uint32_t mask_;
  const std::uint32_t opening_;
};

}  // namespace crier::sqlite
