// SPDX-License-Identifier: MIT
#include <crier/batch.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "refresh/claim.hpp"
#include "refresh/coalesce.hpp"

#include <string>
#include <utility>

namespace crier {

void Collector::refresh(const Guid& refresher, std::int64_t id) {
  refresh(refresher, std::span<const std::int64_t>(&id, 1));
}

void Collector::refresh(const Guid& refresher, std::span<const std::int64_t> ids) {
  if (!ids.empty()) {
    add(Instruction::refresh_by_ids(refresher, {ids.begin(), ids.end()}));
  }
}

void Collector::refresh(const Guid& refresher, const Guid& id) {
  add(Instruction::refresh_by_guid(refresher, id));
}

void Collector::refresh(const Guid& refresher, std::span<const Guid> ids) {
  for (const Guid& id : ids) {
    refresh(refresher, id);
  }
}

void Collector::remove(const Guid& refresher, std::int64_t id) {
  add(Instruction::remove_by_id(refresher, id));
}

void Collector::remove(const Guid& refresher, std::span<const std::int64_t> ids) {
  for (const std::int64_t id : ids) {
    remove(refresher, id);
  }
}

void Collector::refresh_all(const Guid& refresher) { add(Instruction::refresh_all(refresher)); }

void Collector::refresh_by_json(const Guid& refresher, std::string_view json) {
  if (!is_json(json)) {
    throw Error("publish",
                "what refresh_by_json was given for refresher " + refresher.to_string() +
                    " is not a JSON document",
                Error::Kind::invalid_argument);
  }
  add(Instruction::refresh_by_json(refresher, std::string(json)));
}

void Collector::add(Instruction instruction, std::vector<LocalCall> local) {
  const Guid& guid = instruction.refresher;
  const Claim claim = claim_of(*registry_, guid, instruction.type);
  if (claim.kind == Claim::Kind::nobody) {
    throw Error("publish", "no refresher is registered for " + guid.to_string(),
                Error::Kind::invalid_argument);
  }
  if (claim.kind == Claim::Kind::takes_no_json) {
    throw Error("publish",
                "refresher " + guid.to_string() + " (" + std::string(claim.refresher->name()) +
                    ") " + kTakesNoJson,
                Error::Kind::invalid_argument);
  }
  publication_.instructions.push_back(std::move(instruction));
  publication_.local.push_back(std::move(local));
}

const Publication& Collector::coalesced() {
  const std::vector<std::size_t> kept = coalesce(publication_.instructions);
  if (kept.size() < publication_.instructions.size()) {
    Publication coalesced;
    coalesced.after = std::move(publication_.after);
    for (const std::size_t i : kept) {
      coalesced.instructions.push_back(std::move(publication_.instructions[i]));
      coalesced.local.push_back(std::move(publication_.local[i]));
    }
    publication_ = std::move(coalesced);
  }
  return publication_;
}

std::optional<EntryId> Batch::commit() {
  if (empty()) {
    return std::nullopt;
  }
  const EntryId last = messenger().publish(coalesced());
  const std::vector<AfterCommit> after = take_after();
  clear();
  for (const AfterCommit& what : after) {
    what.run(last);
  }
  return last;
}

}  // namespace crier
