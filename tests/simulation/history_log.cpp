// SPDX-License-Identifier: MIT
// What happens to the log in a history, and to the data that it tells of.
#include <crier/admin/resync_request.hpp>
#include <crier/codec.hpp>

#include "simulation/history.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace crier::test {

using namespace std::chrono_literals;

NewEntry History::changes(std::string originated) {
  std::vector<Instruction> instructions;
  for (std::size_t i = random_.once_in(4) ? 2 : 1; i > 0; --i) {
    const std::size_t cache = random_.below(kCaches.size());
    uncommitted_.emplace_back(cache, ++changes_);
    instructions.push_back(Instruction::refresh_by_id(kCaches[cache], changes_));
  }
  const auto count = static_cast<std::int64_t>(instructions.size());
  return {std::move(originated), count, encode(instructions)};
}

// The data changes in the transaction that appends the entry.
void History::committed(SimNode* publisher) {
  Changes& told = changes_of_[newest().value];
  for (const auto& [cache, change] : std::exchange(uncommitted_, {})) {
    trace("entry ", newest().value, " tells of change ", change);
    add(told, change);
    add(truth_[cache], change);
    if (publisher != nullptr) {
      add(publisher->cache()[cache], change);
      add(publisher->published, change);
    }
  }
}

void History::publish(SimNode& node) {
  trace(node.name(), " publishes");
  step(node, [&] {
    try {
      const NewEntry entry = changes(node.own().originated());
      OwnEntries::Append append(node.own(), {&entry, 1});
      append.ended(store_.connect(Access::read_write)->log().append(std::span(&entry, 1)));
    } catch (const Error& error) {
      trace(node.name(), " fails to publish");
    }
    uncommitted_.clear();
  });
}

void History::write() {
  trace("somebody writes");
  const NewEntry entry = changes("foreign");
  store_.write(entry.originated, entry.json_instruction, entry.instruction_count);
  committed(nullptr);
}

// Another process, which was started from the same snapshot of memory.
void History::write_as(SimNode& node) {
  trace("somebody writes as ", node.name());
  const NewEntry entry = changes(node.own().originated());
  store_.write(entry.originated, entry.json_instruction, entry.instruction_count);
  committed(nullptr);
}

void History::request_resync() {
  ResyncRequest request;
  if (!random_.once_in(3)) {
    request.node = "n" + std::to_string(random_.below(size_.width));
  }
  if (random_.once_in(2)) {
    constexpr std::array kAll = {kProducts, kOrders, kItems, kPages};
    request.refresher = kAll[random_.below(kAll.size())];
  }
  trace("somebody asks ", request.node.empty() ? "all" : request.node, " for a resync");
  const Instruction instruction = to_instruction(request);
  store_.write("operator", encode({&instruction, 1}));
}

EntryId History::newest() const {
  const auto bounds = eyes_->log().bounds();
  return bounds ? bounds->newest : EntryId();
}

void History::disturb_log() {
  const std::vector<Entry> rows = store_.rows();
  if (rows.empty()) {
    return;
  }
  pass(1ms);  // no row of before and after bears the same stamp
  const std::size_t at = random_.below(rows.size());
  const EntryId one = rows[at].id;
  // A backup has what was deleted or pruned since. This restore has not: the newest of what it
  // leaves must not be among that.
  const EntryId before = at == 0 ? EntryId() : rows[at - 1].id;
  const bool can_restore = one.value == before.value + 1;
  switch (random_.below(4)) {
    case 0:
      // If nobody is told of it, it is not done while an application runs.
      return can_restore && (store_.tells_lineage || making_ == 0) ? restore(one) : void();
    case 1:
      return remake();
    case 2:
      trace("a foreign program prunes up to ", one.value);
      for (const Entry& row : rows) {
        if (row.id <= one && row.id != rows.back().id) {
          store_.drop(row.id);
        }
      }
      return;
    default:
      // The newest would not be missed before the next is written.
      if (one != rows.back().id) {
        trace("entry ", one.value, " is deleted");
        store_.drop(one);
      }
  }
}

// The data goes back with the log. If the database does not tell that it was restored, what a node
// has loaded but not read in the log is the application's to take back; not what it has published.
void History::restore(EntryId first) {
  trace("the log is restored from before entry ", first.value);
  store_.restore(first);
  restore_items(first);
  const auto begin = changes_of_.lower_bound(first.value);
  for (auto entry = begin; entry != changes_of_.end(); ++entry) {
    gone_.insert(entry->second.begin(), entry->second.end());
  }
  changes_of_.erase(begin, changes_of_.end());
  take_back(truth_);
  for (const auto& node : slots_) {
    if (node != nullptr && !store_.tells_lineage && node->position() < first) {
      take_back(node->cache(), node->published);
    }
  }
}

void History::take_back(Contents& contents, const Changes& but) const {
  for (Changes& each : contents) {
    std::erase_if(each, [&](std::int64_t change) {
      return gone_.contains(change) && !std::binary_search(but.begin(), but.end(), change);
    });
  }
}

// One who stands before the first entry has no row to tell the old log from the new one.
void History::remake() {
  const auto kept = store_.kept_positions();
  const bool told =
      std::all_of(slots_.begin(), slots_.end(),
                  [](const auto& node) {
                    return node == nullptr || (node->position().value != 0 && !node->polling);
                  }) &&
      std::none_of(kept.begin(), kept.end(),
                   [](const auto& each) { return each.position == EntryId{0}; });
  if (told) {
    trace("the log is made anew");
    store_.clear();
    changes_of_.clear();
    remake_items();
  }
}

}  // namespace crier::test
