// SPDX-License-Identifier: MIT
#include "soak/writer.hpp"

#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/sqlitecpp.hpp>

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

// Rolls back unless committed.
class Immediate {
 public:
  explicit Immediate(SQLite::Database& database) : database_(database) {
    database_.exec("BEGIN IMMEDIATE");
  }
  ~Immediate() {
    if (!committed_) {
      database_.tryExec("ROLLBACK");
    }
  }
  Immediate(const Immediate&) = delete;
  Immediate& operator=(const Immediate&) = delete;

  void commit() {
    database_.exec("COMMIT");
    committed_ = true;
  }

 private:
  SQLite::Database& database_;
  bool committed_ = false;
};

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
      table_(words.text("dir") + "/soak.db") {}

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
  } catch (const SQLite::Exception& error) {
    facts_.say("told refused: " + std::string(error.what()));
  } catch (const Error& error) {
    if (!error.retryable()) {
      throw;
    }
    facts_.say("told refused: " + error.operation());
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
  {
    Immediate transaction(table_.database());
    change(instructions);
    version = table_.newest_version();
    transaction.commit();
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
    }
  }
}

void Writer::write_in_transaction(const std::vector<Instruction>& instructions) {
  Immediate transaction(table_.database());
  change(instructions);
  auto batch = member_->cache().batch_in(table_.database());
  collect(batch, instructions);
  const EntryId entry = batch.write().value();
  dawdle();
  if (random_.once_in(8)) {
    if (instructions[0].type == RefreshType::refresh_by_json) {
      facts_.say("rolled_back " + encode(instructions));
    }
    return;
  }
  transaction.commit();
  facts_.say("ack " + entry.to_string() + " transaction " + encode(instructions));
  // An application that never says so must do no harm.
  if (!random_.once_in(3)) {
    batch.committed();
  }
}

void Writer::write_sql(const std::vector<Instruction>& instructions) {
  Immediate transaction(table_.database());
  change(instructions);
  const std::string json = encode(instructions);
  SQLite::Statement row(table_.database(),
                        "INSERT INTO crierCacheInstruction (jsonInstruction, originated,"
                        " instructionCount) VALUES (?, ?, ?)");
  row.bind(1, json);
  row.bind(2, "soak/" + serial_);
  row.bind(3, static_cast<std::int64_t>(instructions.size()));
  row.exec();
  const EntryId entry{table_.database().getLastInsertRowid()};
  dawdle();
  transaction.commit();
  facts_.say("ack " + entry.to_string() + " sql " + json);
}

}  // namespace crier::soak
