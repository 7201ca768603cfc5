// SPDX-License-Identifier: MIT
#pragma once

#include "base/plain_file.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace crier::sqlite {

// The file on which the pollers of a host sleep, open, and its memory. Immutable; the calls on it
// are thread-safe. `mask` is of who sleeps here: see wake_mask.hpp.
class DoorbellFile {
 public:
  // That of `database`, made if need be; null if it can't be had. `why` says why, or what can't be
  // done with it.
  static std::shared_ptr<DoorbellFile> open(const std::string& database, std::uint32_t mask,
                                            std::uint32_t opening, std::string& why);
  DoorbellFile(std::string path, PlainFile file, void* memory, const struct stat& status,
               std::uint32_t mask, std::uint32_t opening);
  ~DoorbellFile();
  DoorbellFile(const DoorbellFile&) = delete;
  DoorbellFile& operator=(const DoorbellFile&) = delete;

  [[nodiscard]] std::uint32_t opening() const { return opening_; }
  // Whether the path still leads here, to a whole file.
  [[nodiscard]] bool in_place() const;
  [[nodiscard]] std::optional<std::uint32_t> count() const;

  // One more ring; false if the memory is not there.
  [[nodiscard]] bool ring() const { return count_and_wake(rings()); }
  // The same without those that sleep here, which takes the kernel one more turn.
  [[nodiscard]] bool ring_others() const;
  // 0 if it was woken, else the error number; EAGAIN: there was a ring since `seen`.
  [[nodiscard]] int sleep(std::uint32_t seen, std::chrono::steady_clock::time_point until) const;

 private:
  // The count, on which everybody sleeps; on the word after it nobody does.
  [[nodiscard]] std::uint32_t* rings() const { return static_cast<std::uint32_t*>(memory_); }
  // Adds one to the count, and wakes who sleeps on a word: both by the kernel.
  [[nodiscard]] bool count_and_wake(std::uint32_t* wake) const;

  const std::string path_;
  const PlainFile file_;
  void* const memory_;
  const dev_t device_;
  const ino_t inode_;
  const std::uint32_t mask_;
  const std::uint32_t opening_;
};

}  // namespace crier::sqlite
