// SPDX-License-Identifier: MIT
#pragma once

// Instructions <-> the text of the `jsonInstruction` column, and the JSON that the command line
// prints. Pure functions, safe on every thread.

#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/instruction.hpp>
#include <crier/observer.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// Something in a row that could not be understood.
struct DecodeProblem {
  std::string what;               ///< a sentence that names the element and the field
  std::optional<Guid> refresher;  ///< whom it concerns; nothing: it may concern any refresher
};

/// What a row means. Problems do not hide the instructions around them.
struct Decoded {
  std::vector<Instruction> instructions;  ///< in order, nested arrays flattened
  std::vector<DecodeProblem> problems;    ///< in order; empty if all was understood
  std::vector<Guid> chain = {};           ///< see Source: at most kMaxPublishDepth
};

/// Reads all three eras of Umbraco's format: missing fields are defaults, unknown fields are
/// ignored, nested arrays flattened, names in any case, a GUID in D, N, B or P form. Never throws
/// for what the text holds: text that is not JSON, or of the wrong shape, is a problem.
[[nodiscard]] CRIER_EXPORT Decoded decode(std::string_view json_instruction);
/// The same in place of what `decoded` held, whose memory is used again.
CRIER_EXPORT void decode(std::string_view json_instruction, Decoded& decoded);

/// A JSON array with the fields that matter, `RefreshType` always: every era's readers take it.
/// Throws an invalid_argument Error if a payload is not UTF-8.
[[nodiscard]] CRIER_EXPORT std::string encode(std::span<const Instruction> instructions);

/// An entry of nothing but a canary (see Canary), which counts for no instruction.
[[nodiscard]] CRIER_EXPORT NewEntry make_canary(std::string originated);
/// Whether a row's text is that of one: they are written by crier alone, in one way.
[[nodiscard]] CRIER_EXPORT bool is_canary(std::string_view json_instruction);

/// Why Umbraco's own classes can't read this row, or this instruction: "the id 4294967296 is beyond
/// 32 bits"; empty if they can. From Umbraco 14 on such a row stops the reading of all its servers.
[[nodiscard]] CRIER_EXPORT std::string umbraco_fault(std::string_view json_instruction);
/// The same of one instruction.
[[nodiscard]] CRIER_EXPORT std::string umbraco_fault(const Instruction& instruction);

/// How instructions are cut into entries.
struct EntryLimits {
  std::size_t max_instructions = 1000;                   ///< instruction objects in one entry
  std::size_t max_bytes = 1024 * 1024;                   ///< of JSON in one entry
  std::size_t max_instruction_bytes = 16 * 1024 * 1024;  ///< of JSON of one instruction
  bool for_umbraco = false;                              ///< Umbraco reads them: umbraco_fault()
};

/// Encodes `instructions` into as few entries as the limits allow, in order. An instruction larger
/// than `max_bytes` gets an entry of its own; one larger than `max_instruction_bytes`, or with an
/// umbraco_fault() if that matters, throws an invalid_argument Error. If there is a `chain`, the
/// first instruction of each entry has a field `CrierChain` with its GUIDs, which other readers
/// ignore.
[[nodiscard]] CRIER_EXPORT std::vector<NewEntry> make_entries(
    std::span<const Instruction> instructions, std::string_view originated,
    const EntryLimits& limits = {}, std::span<const Guid> chain = {});

/// True if `text` is one JSON document in UTF-8.
[[nodiscard]] CRIER_EXPORT bool is_json(std::string_view text);

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] CRIER_EXPORT std::string json_string(std::string_view text);

/// {"id":7,"utcStamp":"…","originated":"…","instructionCount":2,"instructions":[…]}; an entry with
/// problems has "problems":["…"] as well, and one with a chain "chain":["GUID",…]. One line.
[[nodiscard]] CRIER_EXPORT std::string to_json(const Entry& entry);
/// {"refresher":"…","type":"refresh_by_ids","ids":[1,2]}; per type `guid`, `id`, `ids`, `payload`.
[[nodiscard]] CRIER_EXPORT std::string to_json(const Instruction& instruction);
/// {"entry":7,"refresher":"…","type":"…",…,"originated":"…"}: an instruction that was applied.
[[nodiscard]] CRIER_EXPORT std::string to_json(const Instruction& instruction,
                                               const Source& source);
/// {"resync":"REASON","entry":NEW CURSOR}
[[nodiscard]] CRIER_EXPORT std::string to_json(const Resync& resync);

}  // namespace crier
