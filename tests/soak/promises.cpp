// SPDX-License-Identifier: MIT
// What of a node's words must hold against the log.
#include <crier/codec.hpp>

#include "soak/checker.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace crier::soak {

namespace {

// A node may refresh everything whenever it sees fit; it says at which entry.
bool is_full_refresh(std::string_view json) {
  const std::vector<Instruction> instructions = decode(json).instructions;
  return instructions.size() == 1 && instructions[0].type == RefreshType::refresh_all;
}

}  // namespace

void Checker::applied(const std::string& name, EntryId entry, std::string_view json) {
  Process& process = processes_.at(name);
  const std::string text(json);
  ++ledger_.nodes[name].applied;
  if (entry.value == 0) {
    ++process.local[text];
    return;
  }
  const Row* row = look(entry);
  if (row == nullptr) {
    find(Violation::uncommitted, name, "applied entry " + entry.to_string() + ": " + text);
    return;
  }
  EntryId& last_applied = process.applied[text];
  last_applied = std::max(last_applied, entry);
  const auto begin = row->texts.begin();
  auto at = std::find(begin, row->texts.end(), text);
  if (at == row->texts.end() && is_full_refresh(json)) {
    return;
  }
  if (at == row->texts.end()) {
    find(Violation::altered, name,
         "applied " + text + " as entry " + entry.to_string() + ", which is " + row->json);
    return;
  }
  if (row->originated == process.originated || process.acknowledged.contains(entry)) {
    return;  // delivered on the publisher's thread, beside the poller
  }
  // The one that was under way may come twice.
  Place& last = process.last[row->instructions[static_cast<std::size_t>(at - begin)].refresher];
  if (entry == last.entry && static_cast<std::size_t>(at - begin) < last.index) {
    at = std::find(begin + static_cast<std::ptrdiff_t>(last.index), row->texts.end(), text);
  }
  if (entry < last.entry || at == row->texts.end()) {
    find(Violation::out_of_order, name,
         "applied " + text + " of entry " + entry.to_string() + " after entry " +
             last.entry.to_string());
    return;
  }
  last = {entry, static_cast<std::size_t>(at - begin)};
}

bool Checker::covered(Process& process, Share& share, EntryId id, const Row& row,
                      std::size_t index) const {
  const Guid& refresher = row.instructions[index].refresher;
  const std::string& text = row.texts[index];
  if (!refreshers_.contains(refresher)) {
    return true;
  }
  if (const auto at = process.applied.find(text); at != process.applied.end() && at->second >= id) {
    share.coalesced += at->second == id ? 0U : 1U;
    return true;
  }
  if (const auto at = process.loaded.find(refresher);
      at != process.loaded.end() && at->second >= id) {
    ++share.superseded;
    return true;
  }
  const auto own = process.acknowledged.find(id);
  if (row.originated != process.originated && own == process.acknowledged.end()) {
    return false;
  }
  if (const auto at = process.local.find(text); at != process.local.end()) {
    if (--at->second == 0) {
      process.local.erase(at);
    }
    return true;
  }
  // The local delivery came before the row, and so may the full refresh that superseded it.
  const auto data = process.data_loaded.find(refresher);
  if (own == process.acknowledged.end() || !own->second || data == process.data_loaded.end() ||
      data->second < *own->second) {
    return false;
  }
  ++share.superseded;
  return true;
}

EntryId Checker::loaded_by_all(const Process& process) const {
  EntryId least = newest_;
  for (const Guid& refresher : refreshers_) {
    const auto found = process.loaded.find(refresher);
    least = std::min(least, found == process.loaded.end() ? EntryId{} : found->second);
  }
  return least;
}

void Checker::passed(const std::string& name, EntryId position) {
  Process& process = processes_.at(name);
  if (position > newest_) {
    find(Violation::uncommitted, name,
         "is at entry " + position.to_string() + ", and the log ends with " + newest_.to_string());
    return;
  }
  EntryId id = process.passed.value != 0 ? process.passed : loaded_by_all(process);
  Share& share = ledger_.nodes[name];
  while (id < position) {
    ++id.value;
    const Row* row = look(id);
    if (row == nullptr) {
      find(Violation::hole, name, "passed entry " + id.to_string() + ", which was not seen");
      break;
    }
    for (std::size_t i = 0; i < row->texts.size(); ++i) {
      if (!covered(process, share, id, *row, i)) {
        find(Violation::lost, name, "passed entry " + id.to_string() + ": " + row->texts[i]);
      }
    }
  }
  process.passed = std::max(process.passed, position);
  std::erase_if(process.applied, [&](const auto& one) { return one.second <= process.passed; });
  process.acknowledged.erase(process.acknowledged.begin(),
                             process.acknowledged.upper_bound(process.passed));
}

void Checker::acknowledged(const std::string& name, EntryId entry, const std::string& kind,
                           std::string_view json) {
  ++ledger_.acknowledged[kind];
  if (Process& process = processes_.at(name); !process.originated.empty()) {
    process.acknowledged[entry] = std::exchange(process.changed, std::nullopt);
  }
  const Row* row = look(entry);
  if (row == nullptr) {
    find(Violation::not_in_the_log, name,
         "published entry " + entry.to_string() + ": " + std::string(json));
  } else if (row->instructions != decode(json).instructions) {
    find(Violation::altered, name,
         "published " + std::string(json) + " as entry " + entry.to_string() + ", which is " +
             row->json);
  }
}

}  // namespace crier::soak
