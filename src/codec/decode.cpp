// SPDX-License-Identifier: MIT
#include <crier/codec.hpp>

#include "codec/any_row.hpp"
#include "codec/plain_row.hpp"

namespace crier {

Decoded decode(std::string_view json_instruction) {
  Decoded decoded;
  decode(json_instruction, decoded);
  return decoded;
}

void decode(std::string_view json_instruction, Decoded& decoded) {
  decoded.instructions.clear();
  decoded.problems.clear();
  decoded.chain.clear();
  if (!read_plain_row(json_instruction, decoded.instructions)) {
    decoded = read_any_row(json_instruction);
  }
}

}  // namespace crier
