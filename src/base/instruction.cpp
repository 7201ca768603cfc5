// SPDX-License-Identifier: MIT
#include <crier/instruction.hpp>

#include <utility>

namespace crier {

namespace {

Instruction of(const Guid& refresher, RefreshType type) {
  Instruction instruction;
  instruction.refresher = refresher;
  instruction.type = type;
  return instruction;
}

}  // namespace

Instruction Instruction::refresh_all(const Guid& refresher) {
  return of(refresher, RefreshType::refresh_all);
}

Instruction Instruction::refresh_by_guid(const Guid& refresher, const Guid& guid) {
  Instruction instruction = of(refresher, RefreshType::refresh_by_guid);
  instruction.guid = guid;
  return instruction;
}

Instruction Instruction::refresh_by_id(const Guid& refresher, std::int64_t id) {
  Instruction instruction = of(refresher, RefreshType::refresh_by_id);
  instruction.id = id;
  return instruction;
}

Instruction Instruction::refresh_by_ids(const Guid& refresher, std::vector<std::int64_t> ids) {
  Instruction instruction = of(refresher, RefreshType::refresh_by_ids);
  instruction.ids = std::move(ids);
  return instruction;
}

Instruction Instruction::refresh_by_json(const Guid& refresher, std::string payload) {
  Instruction instruction = of(refresher, RefreshType::refresh_by_json);
  instruction.payload = std::move(payload);
  return instruction;
}

Instruction Instruction::remove_by_id(const Guid& refresher, std::int64_t id) {
  Instruction instruction = of(refresher, RefreshType::remove_by_id);
  instruction.id = id;
  return instruction;
}

std::int64_t Instruction::count() const noexcept {
  return type == RefreshType::refresh_by_ids ? static_cast<std::int64_t>(ids.size()) : 1;
}

}  // namespace crier
