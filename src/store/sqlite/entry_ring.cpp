// SPDX-License-Identifier: MIT
#include "store/sqlite/entry_ring.hpp"

#include "base/fingerprint.hpp"

#include <cstring>
#include <limits>
#include <unistd.h>

namespace crier::sqlite {
namespace {

// Of this layout: another one would have another number.
constexpr std::uint64_t kLayout = 0x63726965'72310001U;

// What a slot begins with. Read on the machine that wrote it.
struct Head {
  std::uint64_t checksum;  // of all that follows
  std::uint64_t log;
  std::int64_t id;
  std::uint64_t before;  // the fingerprint of the entry before it
  std::int64_t instruction_count;
  std::uint32_t utc_stamp;  // sizes of the texts, which follow in this order
  std::uint32_t originated;
  std::uint32_t json_instruction;
  std::uint32_t following;  // so many were put with it, behind it
};
static_assert(sizeof(Head) == 56);

std::uint64_t checksum_of(std::string_view slot) {
  return digest_of(slot.substr(sizeof(std::uint64_t))) ^ kLayout;
}

}  // namespace

EntryRing::EntryRing(std::string_view log, off_t offset) : log_(digest_of(log)), offset_(offset) {}

off_t EntryRing::place_of(std::int64_t id) const {
  return offset_ + static_cast<off_t>(static_cast<std::uint64_t>(id) % kSlots * kSlotBytes);
}

std::size_t EntryRing::write(const Cursor& before, const Entry& entry, std::size_t following,
                             Slot& slot) const {
  const std::array texts{std::string_view(entry.utc_stamp), std::string_view(entry.originated),
                         std::string_view(entry.json_instruction)};
  std::size_t size = sizeof(Head);
  for (const std::string_view text : texts) {
    if (text.size() > slot.size() - size) {
      return 0;
    }
    size += text.size();
  }
  Head head{.checksum = 0,
            .log = log_,
            .id = entry.id.value,
            .before = before.fingerprint.value,
            .instruction_count = entry.instruction_count,
            .utc_stamp = static_cast<std::uint32_t>(texts[0].size()),
            .originated = static_cast<std::uint32_t>(texts[1].size()),
            .json_instruction = static_cast<std::uint32_t>(texts[2].size()),
            .following = static_cast<std::uint32_t>(following)};
  std::memcpy(slot.data(), &head, sizeof head);
  char* to = slot.data() + sizeof head;
  for (const std::string_view text : texts) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
  }
  head.checksum = checksum_of({slot.data(), size});
  std::memcpy(slot.data(), &head.checksum, sizeof head.checksum);
  return size;
}

std::optional<std::size_t> EntryRing::read(std::string_view bytes, const Cursor& after,
                                           Entry& entry) const {
  Head head{};
  if (bytes.size() < sizeof head) {
    return std::nullopt;
  }
  std::memcpy(&head, bytes.data(), sizeof head);
  const std::uint64_t size =
      sizeof head + std::uint64_t{head.utc_stamp} + head.originated + head.json_instruction;
  if (after.id.value < 1 || after.id.value == std::numeric_limits<std::int64_t>::max() ||
      head.id != after.id.value + 1 || head.before != after.fingerprint.value || head.log != log_ ||
      size > bytes.size() || head.checksum != checksum_of(bytes.substr(0, size))) {
    return std::nullopt;
  }
  const char* from = bytes.data() + sizeof head;
  entry.id = {head.id};
  entry.utc_stamp.assign(from, head.utc_stamp);
  entry.originated.assign(from += head.utc_stamp, head.originated);
  entry.json_instruction.assign(from += head.originated, head.json_instruction);
  entry.instruction_count = head.instruction_count;
  return head.following;
}

bool EntryRing::put(int file, Cursor before, std::span<const Entry> entries) const noexcept {
  Slot slot;  // NOLINT(cppcoreguidelines-pro-type-member-init): written below, as far as it is used
  for (std::size_t following = entries.size(); const Entry& entry : entries) {
    const std::size_t size = write(before, entry, --following, slot);
    // What is cut short by a full disk does not bear its checksum.
    if (size == 0 ||
        pwrite(file, slot.data(), size, place_of(entry.id.value)) != static_cast<ssize_t>(size)) {
      return false;
    }
    before = {entry.id, entry.fingerprint()};
  }
  return true;
}

std::optional<std::size_t> EntryRing::find(int file, const Cursor& after,
                                           Entry& entry) const noexcept {
  Slot slot;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  const auto id = static_cast<std::int64_t>(static_cast<std::uint64_t>(after.id.value) + 1);
  const ssize_t size = pread(file, slot.data(), slot.size(), place_of(id));
  try {
    return size <= 0 ? std::nullopt
                     : read({slot.data(), static_cast<std::size_t>(size)}, after, entry);
  } catch (...) {  // no memory
    return std::nullopt;
  }
}

}  // namespace crier::sqlite
