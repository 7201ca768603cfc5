// SPDX-License-Identifier: MIT
// A row of the log may hold anything.
#include <crier/codec.hpp>

#include "codec/any_row.hpp"
#include "codec/plain_row.hpp"
#include "fuzz/fuzz.hpp"
#include "refresh/coalesce.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

using Instructions = std::vector<Instruction>;

void require_same(const Decoded& decoded, const Instructions& expected, std::string_view promise) {
  require(decoded.problems.empty() && decoded.instructions == expected, promise);
}

void check_entries(const Instructions& instructions) {
  const EntryLimits limits{.max_instructions = 3, .max_bytes = 300};
  Instructions read;
  std::int64_t count = 0;
  for (const NewEntry& entry : make_entries(instructions, "web-1", limits)) {
    const Decoded part = decode(entry.json_instruction);
    require(part.problems.empty() && !part.instructions.empty() && part.instructions.size() <= 3 &&
                (part.instructions.size() == 1 || entry.json_instruction.size() <= 300),
            "each entry keeps the limits");
    read.insert(read.end(), part.instructions.begin(), part.instructions.end());
    count += entry.instruction_count;
  }
  require(read == instructions, "the entries together hold what was put in, in order");
  const std::int64_t expected =
      std::accumulate(instructions.begin(), instructions.end(), std::int64_t{0},
                      [](std::int64_t sum, const Instruction& each) { return sum + each.count(); });
  require(count == expected, "the entries count their instructions");
}

void check_umbraco(std::string_view input, const Decoded& decoded) {
  for (const Instruction& instruction : decoded.instructions) {
    require(umbraco_fault(instruction).empty() == umbraco_fault(encode({&instruction, 1})).empty(),
            "an instruction and its row are judged alike");
  }
  static_cast<void>(umbraco_fault(input));  // whatever it says
}

void check_coalesce(const Instructions& instructions) {
  const std::vector<std::size_t> kept = coalesce(instructions);
  require(std::ranges::is_sorted(kept) && (kept.empty() || kept.back() < instructions.size()),
          "coalesce gives indices in order");
  Instructions left;
  for (const std::size_t index : kept) {
    left.push_back(instructions[index]);
  }
  require(left.empty() == instructions.empty(), "something is left of something");
  require(coalesce(left).size() == left.size(), "coalescing again changes nothing");
}

}  // namespace

void try_input(std::string_view input) {
  const Decoded decoded = decode(input);
  const Instructions& instructions = decoded.instructions;
  if (Instructions plain; read_plain_row(input, plain)) {
    require_same(read_any_row(input), plain, "both readers are of one mind");
  }
  if (is_json(input)) {
    require(decoded.problems.empty() ||
                !decoded.problems.front().what.starts_with("The text is not JSON"),
            "JSON is taken for JSON");
  } else if (input.find('/') == std::string_view::npos) {  // no comment, which decode() passes over
    require(!decoded.problems.empty(), "what is not JSON is a problem");
  }
  require_same(decode(encode(instructions)), instructions, "what is encoded decodes to the same");
  check_entries(instructions);
  check_coalesce(instructions);
  check_umbraco(input, decoded);

  const std::string text(input);
  require(is_json(to_json(Entry{{1}, text, text, 1, text})), "an entry is printed as JSON");
  for (const Instruction& instruction : instructions) {
    require(is_json(to_json(instruction, {{1}, text})), "an instruction is printed as JSON");
  }
  // What is bad in small may be a disaster in large: nesting, and what grows with its square.
  if (!input.empty() && input.size() <= 16) {
    constexpr std::size_t kLarge = 64 * 1024;
    std::string large;
    while (large.size() < kLarge) {
      large += input;
    }
    static_cast<void>(to_json(Entry{{1}, {}, {}, 1, large}));
  }
}

}  // namespace crier::test
