// SPDX-License-Identifier: MIT
#include "soak/writer.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <stdexcept>
#include <thread>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

void collect(Collector& batch, const std::vector<Instruction>& instructions) {
  for (const Instruction& one : instructions) {
    switch (one.type) {
      case RefreshType::refresh_by_json:
        batch.refresh_by_json(one.refresher, one.payload);
        break;
      case RefreshType::refresh_by_ids:
        batch.refresh(one.refresher, std::span<const std::int64_t>(one.ids));
        break;
      case RefreshType::remove_by_id:
        batch.remove(one.refresher, one.id);
        break;
      default:
        batch.refresh_all(one.refresher);
    }
  }
}

}  // namespace

Writer::Writer(const Words& words, const Facts& facts, history::Recorder& recorder, Member* member)
    : node_(member == nullptr ? "-" : words.text("name")),
      kind_(words.text("kind")),
      serial_(words.text("name") + '-' + words.text("incarnation") + '-'),
      facts_(facts),
      recorder_(recorder),
      member_(member),
      random_(words.number("seed", std::uint64_t{1})),
      faults_(!words.has("no-faults")),
      table_(words.text("store")) {}

void Writer::write() {
  const std::vector<Instruction> instructions = pick();
  try {
    if (kind_ == "plain") {
      write_plainly(instructions);
    } else if (kind_ == "transaction") {
      write_in_transaction(instructions);
    } else {
      write_sql(instructions);
    }
  } catch (const Error& error) {
    if (!error.retryable()) {
      throw;
    }
    facts_.say("told refused: " + error.operation());
  } catch (const std::runtime_error& error) {
    facts_.say("told refused: " + std::string(error.what()));
  }
}

Instruction Writer::pick_one(const Guid& refresher) {
  if (refresher == kItems) {
    const auto item = static_cast<std::int64_t>(random_.below(kItemKeys));
    return Instruction::refresh_by_ids(kItems, {item});
  }
  const std::size_t key = random_.below(kKeys - 2);
  const auto id = static_cast<std::int64_t>(key);
  if (random_.once_in(4)) {
    return Instruction::refresh_by_ids(refresher, {id, id + 1, id + 2});
  }
  if (random_.once_in(15)) {
    return Instruction::remove_by_id(refresher, id);
  }
  return Instruction::refresh_by_json(refresher,
                                      payload_of(key, serial_ + std::to_string(++written_)));
}

std::vector<Instruction> Writer::pick() {
  const auto any_part = [this] {
    const std::size_t part = random_.below(2 * kParts.size());
    return part < kParts.size() ? kParts.at(part) : kItems;
  };
  if (random_.once_in(200)) {
    return {Instruction::refresh_all(any_part())};
  }
  std::vector<Instruction> instructions;
  for (std::size_t more = random_.once_in(5) ? 4 : 1; more != 0; --more) {
    Instruction one = pick_one(any_part());
    if (std::find(instructions.begin(), instructions.end(), one) == instructions.end()) {
      instructions.push_back(std::move(one));
    }
  }
  return instructions;
}

std::string Writer::change(const std::vector<Instruction>& instructions) {
  history::Event told{.kind = history::Kind::publish,
                      .node = node_,
                      .id = serial_ + std::to_string(++changes_),
                      .first = table_.newest_version() + 1};
  for (const Instruction& one : instructions) {
    std::ranges::copy(keys_of(one), std::back_inserter(told.keys));
    table_.change(one);
  }
  told.last = table_.newest_version();
  recorder_.put(told);
  return told.id;
}

// The node is left out: what it publishes while it refreshes everything, it runs afterwards.
void Writer::acknowledge(const std::string& change, EntryId entry) {
  if (!change.empty()) {
    recorder_.put(
        {.kind = history::Kind::acknowledged, .node = "-", .id = change, .entry = entry.value});
  }
  if (member_ != nullptr && random_.once_in(5)) {
    member_->wait(entry, random_.once_in(3));
  }
}

void Writer::dawdle() {
  if (faults_ && random_.once_in(150)) {
    std::this_thread::sleep_for(random_.once_in(10) ? 2500ms : random_.between(200ms, 800ms));
  }
}

void Writer::write_plainly(const std::vector<Instruction>& instructions) {
  facts_.say("intent " + encode(instructions));
  std::string committed;
  try {
    Transaction transaction(table_.sql(), table_.sql().begin());
    const std::string told = change(instructions);
    transaction.commit();
    committed = told;
  } catch (const std::runtime_error& error) {
    // A commit whose answer was lost may have happened, and news of nothing do no harm.
    facts_.say("told refused: " + std::string(error.what()));
  }
  publish(instructions, committed);
}

void Writer::publish(const std::vector<Instruction>& instructions, const std::string& change) {
  auto batch = member_->cache().batch();
  collect(batch, instructions);
  for (;;) {
    try {
      const EntryId entry = batch.commit().value();
      facts_.say("ack plain");
      acknowledge(change, entry);
      return;
    } catch (const Error& error) {
      if (!error.retryable()) {
        throw;
      }
      facts_.say("told publish refused");
      std::this_thread::sleep_for(20ms);  // one that can't be reached refuses at once
    }
  }
}

void Writer::write_in_transaction(const std::vector<Instruction>& instructions) {
  Transaction transaction(table_.sql(), table_.sql().begin());
  const std::string told = change(instructions);
  auto batch = table_.sql().batch_in(member_->cache());
  collect(batch, instructions);
  const std::optional<EntryId> given = batch.write();  // none where the commit gives it
  const auto say = [&](EntryId entry) {
    facts_.say("ack transaction");
    acknowledge(told, entry);
  };
  dawdle();
  if (random_.once_in(8)) {
    recorder_.put({.kind = history::Kind::failed, .id = told});
    return;
  }
  transaction.commit();
  if (given) {
    say(*given);
  }
  // An application that never says so must do no harm.
  if (random_.once_in(3)) {
    return;
  }
  try {
    const std::optional<EntryId> entry = batch.committed();
    if (!given && entry) {
      say(*entry);
    }
  } catch (const Error& error) {
    if (!error.invalid_argument()) {
      throw;
    }
    facts_.say("told taken back");  // by a restore, since the commit
  }
}

void Writer::write_sql(const std::vector<Instruction>& instructions) {
  Transaction transaction(table_.sql(), table_.sql().begin());
  const std::string told = change(instructions);
  const std::string json = encode(instructions);
  const EntryId entry = table_.append(json, "soak/" + serial_, instructions.size());
  dawdle();
  transaction.commit();
  facts_.say("ack sql");
  acknowledge(told, entry);
}

}  // namespace crier::soak
