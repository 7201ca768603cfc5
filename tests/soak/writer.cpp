// SPDX-License-Identifier: MIT
#include "soak/writer.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>

#include <algorithm>
#include <chrono>
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

Writer::Writer(const Words& words, const Facts& facts, Member* member)
    : kind_(words.text("kind")),
      serial_(words.text("name") + '-' + words.text("incarnation") + '-'),
      facts_(facts),
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
  const auto any_part = [this] { return kParts.at(random_.below(kParts.size())); };
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

void Writer::change(const std::vector<Instruction>& instructions) {
  for (const Instruction& one : instructions) {
    table_.change(one);
  }
}

void Writer::dawdle() {
  if (faults_ && random_.once_in(150)) {
    std::this_thread::sleep_for(random_.once_in(10) ? 2500ms : random_.between(200ms, 800ms));
  }
}

void Writer::write_plainly(const std::vector<Instruction>& instructions) {
  facts_.say("intent " + encode(instructions));
  std::int64_t version = 0;
  try {
    Transaction transaction(table_.sql(), table_.sql().begin());
    change(instructions);
    const std::int64_t changed = table_.newest_version();
    transaction.commit();
    version = changed;
  } catch (const std::runtime_error& error) {
    // A commit whose answer was lost may have happened, and news of nothing do no harm.
    facts_.say("told refused: " + std::string(error.what()));
  }
  publish(instructions, version);
}

void Writer::publish(const std::vector<Instruction>& instructions, std::int64_t version) {
  facts_.say("changed " + std::to_string(version));
  auto batch = member_->cache().batch();
  collect(batch, instructions);
  for (;;) {
    try {
      const EntryId entry = batch.commit().value();
      facts_.say("ack " + entry.to_string() + " plain " + encode(instructions));
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
  change(instructions);
  auto batch = table_.sql().batch_in(member_->cache());
  collect(batch, instructions);
  const std::optional<EntryId> given = batch.write();  // none where the commit gives it
  const auto acknowledge = [&](EntryId entry) {
    facts_.say("ack " + entry.to_string() + " transaction " + encode(instructions));
  };
  dawdle();
  if (random_.once_in(8)) {
    if (instructions[0].type == RefreshType::refresh_by_json) {
      facts_.say("rolled_back " + encode(instructions));
    }
    return;
  }
  transaction.commit();
  if (given) {
    acknowledge(*given);
  }
  // An application that never says so must do no harm.
  if (!random_.once_in(3)) {
    const std::optional<EntryId> entry = batch.committed();
    if (!given && entry) {
      acknowledge(*entry);
    }
  }
}

void Writer::write_sql(const std::vector<Instruction>& instructions) {
  Transaction transaction(table_.sql(), table_.sql().begin());
  change(instructions);
  const std::string json = encode(instructions);
  const EntryId entry = table_.append(json, "soak/" + serial_, instructions.size());
  dawdle();
  transaction.commit();
  facts_.say("ack " + entry.to_string() + " sql " + json);
}

}  // namespace crier::soak
