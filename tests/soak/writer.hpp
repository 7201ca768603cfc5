// SPDX-License-Identifier: MIT
#pragma once

#include <crier/instruction.hpp>

#include "history/recorder.hpp"
#include "simulation/random.hpp"
#include "soak/facts.hpp"
#include "soak/member.hpp"
#include "soak/table.hpp"
#include "soak/words.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace crier::soak {

// Changes the data and publishes that, in one of three ways:
//   plain         commits the data, then publishes through its node
//   transaction   through its node, in the transaction of the data
//   sql           without a node, by SQL in the transaction of the data
// Used by one thread.
class Writer {
 public:
  // `member` is null where the kind is sql.
  Writer(const Words& words, const Facts& facts, history::Recorder& recorder, Member* member);

  // One change. A database that refuses is no error: nothing was changed then, or the publish of
  // what was changed, or may have been, is tried again.
  void write();
  // `change`: how what these tell of is called in the history; empty: nobody knows whether it was
  // committed.
  void publish(const std::vector<Instruction>& instructions, const std::string& change = {});

 private:
  [[nodiscard]] std::vector<Instruction> pick();
  [[nodiscard]] Instruction pick_one(const Guid& refresher);
  // Returns how the change is called in the history, which is told that it is about to be
  // committed.
  std::string change(const std::vector<Instruction>& instructions);
  void acknowledge(const std::string& change, EntryId entry);
  void write_plainly(const std::vector<Instruction>& instructions);
  void write_in_transaction(const std::vector<Instruction>& instructions);
  void write_sql(const std::vector<Instruction>& instructions);
  // At times, with the lock held.
  void dawdle();

  const std::string node_;  // as the history calls it
  const std::string kind_;
  const std::string serial_;
  const Facts& facts_;
  history::Recorder& recorder_;
  Member* const member_;
  test::Random random_;
  const bool faults_;
  Table table_;
  std::uint64_t written_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace crier::soak
