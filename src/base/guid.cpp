// SPDX-License-Identifier: MIT
#include <crier/guid.hpp>

#include "base/hex.hpp"

#include <random>

namespace crier {

Guid Guid::random() {
  std::random_device source;
  Bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); i += 4) {
    const std::uint32_t word = source();
    for (std::size_t j = 0; j < 4; ++j) {
      bytes[i + j] = static_cast<std::uint8_t>(word >> (8 * j));
    }
  }
  // RFC 9562: version 4, variant 1.
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);
  return Guid(bytes);
}

std::string Guid::to_string() const {
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes_.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    append_hex(text, bytes_[i]);
  }
  return text;
}

}  // namespace crier
