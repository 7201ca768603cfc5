// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <sys/types.h>

namespace crier::sqlite {

// The newest entries of logs in a file that processes of a host share, each in the slot of its id.
// Whoever writes one overwrites the one that came so many entries earlier. Nothing is locked: a
// slot that was torn, or is of something else, does not bear its own checksum, and is as good as
// empty. The kernel alone touches the memory (pread, pwrite), so a file that is cut off is an empty
// one. Plain functions of the open file: thread-safe.
class EntryRing {
 public:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kSlotBytes = 1024;

  // It begins at `offset` of the file. `log` tells logs apart that share it.
  EntryRing(std::string_view log, off_t offset);

  // Puts `entries`, which stand right after `before`. False if not all are there: one may be too
  // large for a slot, or the file may have no room.
  [[nodiscard]] bool put(int file, Cursor before, std::span<const Entry> entries) const noexcept;
  // Reads the one that was put as standing right after `after`, and returns how many were put with
  // it, behind it. Nothing if there is none, and then `entry` holds anything.
  [[nodiscard]] std::optional<std::size_t> find(int file, const Cursor& after,
                                                Entry& entry) const noexcept;

  using Slot = std::array<char, kSlotBytes>;
  // What put() writes there, `following` more behind it: its size, or 0 if it does not fit.
  [[nodiscard]] std::size_t write(const Cursor& before, const Entry& entry, std::size_t following,
                                  Slot& slot) const;
  // What find() makes of `bytes`, which may be anything.
  [[nodiscard]] std::optional<std::size_t> read(std::string_view bytes, const Cursor& after,
                                                Entry& entry) const;

 private:
  [[nodiscard]] off_t place_of(std::int64_t id) const;

  const std::uint64_t log_;
  const off_t offset_;
};

}  // namespace crier::sqlite
