// SPDX-License-Identifier: MIT
#include "base/fingerprint.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

namespace crier {

namespace {

// Eight bytes at a time, since each row that is read is hashed: FNV-1a, byte by byte, took as long
// as SQLite takes to step to the row. Kept in positions that outlive the process, so it must not
// change.
class Hash {
 public:
  explicit Hash(std::uint64_t state = 0) : state_(state) {}

  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15U;  // 2^64 / the golden ratio: odd, well mixed
    state_ ^= state_ >> 32U;
  }

  // With its length: ("a", "bc") and ("ab", "c") must differ.
  void add(std::string_view bytes) {
    state_ += bytes.size();
    for (; bytes.size() >= sizeof(std::uint64_t); bytes.remove_prefix(sizeof(std::uint64_t))) {
      add(word_of(bytes.data(), sizeof(std::uint64_t)));
    }
    if (!bytes.empty()) {
      add(word_of(bytes.data(), bytes.size()));
    }
  }

  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  // Little-endian on every machine: positions may be read on another one.
  static std::uint64_t word_of(const char* bytes, std::size_t size) {
    std::uint64_t word = 0;
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(&word, bytes, size);
    } else {
      for (std::size_t i = 0; i < size; ++i) {
        word |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
      }
    }
    return word;
  }

  std::uint64_t state_;
};

}  // namespace

std::uint64_t digest_of_length(std::uint64_t length) noexcept {
  Hash hash;
  hash.add(length);
  return hash.value();
}

std::uint64_t digest_of(std::string_view json) noexcept {
  if (json.size() > kLargestDigested) {
    return digest_of_length(json.size());
  }
  Hash hash;
  hash.add(json);
  return hash.value();
}

Fingerprint fingerprint_of(std::string_view utc_stamp, std::string_view originated,
                           std::int64_t instruction_count, std::uint64_t json_digest) noexcept {
  return stamped(text_fingerprint_of(originated, instruction_count, json_digest), utc_stamp);
}

Fingerprint text_fingerprint_of(std::string_view originated, std::int64_t instruction_count,
                                std::uint64_t json_digest) noexcept {
  Hash hash;
  hash.add(originated);
  hash.add(static_cast<std::uint64_t>(instruction_count));
  hash.add(json_digest);
  return {hash.value()};
}

Fingerprint stamped(Fingerprint text, std::string_view utc_stamp) noexcept {
  Hash hash(text.value);
  hash.add(utc_stamp);
  return {hash.value()};
}

Fingerprint first_fingerprint_of(const Entry& entry) noexcept {
  Hash hash;
  hash.add(entry.utc_stamp);
  hash.add(entry.originated);
  hash.add(static_cast<std::uint64_t>(entry.instruction_count));
  return {hash.value()};
}

Fingerprint Entry::fingerprint() const noexcept {
  return fingerprint_of(utc_stamp, originated, instruction_count, digest_of(json_instruction));
}

}  // namespace crier
