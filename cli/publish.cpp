// SPDX-License-Identifier: MIT
#include "publish.hpp"

#include <crier/admin/identity.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "arguments.hpp"
#include "json.hpp"
#include "printable.hpp"

#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

namespace crier::cli {

namespace {

// Without the check, if this user may publish and not read.
std::string token_of(InstructionLog& log, EntryId id) {
  try {
    const std::optional<Cursor> here = log.heads(id).here;
    return (here ? id.with(here->fingerprint) : id).to_string();
  } catch (const Error&) {  // it is written: whoever is told of a failure sends it again
    return id.to_string();
  }
}

}  // namespace

void refuse_unknown(const Names& names, const Guid& refresher, const std::string& advice,
                    const std::string& node) {
  if (names.is_taken(refresher, node) != false) {
    return;
  }
  // Of what another node has, the nearest is that itself.
  const std::optional<std::string> meant =
      node.empty() ? names.nearest_to(refresher) : std::nullopt;
  throw usage_error((node.empty() ? "no node has" : "node " + in_quotes(node) + " does not have") +
                    " the refresher " + names.of(refresher) +
                    (meant ? "; did you mean " + *meant + "?" : "") +
                    (meant && !advice.empty() ? " Else" + advice.substr(1) : advice));
}

std::vector<EntryId> append(InstructionLog& log, std::span<const Instruction> instructions) {
  EntryLimits limits;
  limits.for_umbraco = log.is_umbracos();
  const std::vector<NewEntry> entries =
      make_entries(instructions, Identity::of_this_process("crier").originated(), limits);
  const std::int64_t last = log.append(entries).value;
  // More than one only if there are more instructions than an entry may hold.
  std::vector<EntryId> ids;
  for (EntryId id{last - std::ssize(entries) + 1}; id.value <= last; ++id.value) {
    ids.push_back(id);
  }
  return ids;
}

EntryId publish(Session& session, InstructionLog& log, std::span<const Instruction> instructions) {
  const std::vector<EntryId> ids = append(log, instructions);
  for (const EntryId id : ids) {
    const std::string token = token_of(log, id);
    session.put(session.json ? line_of({{"id", id.value}, {"token", token}}) : token);
  }
  if (!session.streams.out.flush()) {
    session.say("entry " + ids.back().to_string() + " was written all the same");
  }
  return ids.back();
}

}  // namespace crier::cli
