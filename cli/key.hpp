// SPDX-License-Identifier: MIT
#pragma once

#include <crier/codec.hpp>
#include <crier/entry.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>

#include "json_search.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// What of an entry concerns a key.
struct Concerned {
  Entry entry;
  std::vector<Instruction> instructions;
  std::vector<std::size_t> places;  // theirs in the entry, from 0
  // What of it could not be read, and may have named the key: sentences.
  std::vector<std::string> problems;
};

// A key of a refresher's cache, which finds the entries that concern it.
class Key {
 public:
  // `text`: an id, a GUID, or a value that the JSON of a payload holds, at `pointer`.
  Key(const Guid& refresher, std::string text, std::vector<std::string> pointer);

  [[nodiscard]] const Guid& refresher() const { return refresher_; }
  // Nothing if the entry does not concern it. `given_up`: nodes could not read it.
  [[nodiscard]] std::optional<Concerned> find_in(const Entry& entry, bool given_up) const;

 private:
  // In any case, at the cost of a few looks at a long text.
  class Word {
   public:
    explicit Word(std::string_view word);  // of at least one byte, and less than 256
    [[nodiscard]] bool stands_in(std::string_view text) const;

   private:
    std::string word_;
    std::array<unsigned char, 256> skips_{};
  };

  [[nodiscard]] bool may_concern(std::string_view json_instruction) const;
  [[nodiscard]] bool concerns(const Instruction& instruction) const;

  const Guid refresher_;
  const std::string text_;
  const std::vector<std::string> pointer_;
  const std::optional<std::int64_t> id_;
  const std::optional<Guid> guid_;
  const Word digits_;  // with which the refresher's GUID begins in each of its forms
  const Word request_;
};

}  // namespace crier::cli
