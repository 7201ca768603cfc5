// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>

#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "unit/node_fixture.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace crier::test {

using namespace std::chrono_literals;

// Several nodes that run on one database, and another program that writes to it.
struct Crew : NodeFixture {
  const std::filesystem::path file = dir / "shop.db";
  std::vector<std::unique_ptr<Member>> members;

  Crew() { connect()->schema().migrate(); }

  [[nodiscard]] Options quick(const std::string& name) const {
    Options quick = options();
    quick.store += "?deadline=20s";  // a machine under load must not be taken for a fault
    quick.node_name = name;
    quick.heartbeat_interval = 10ms;
    quick.lease_duration = 20s;
    quick.retry.first_delay = 1ms;
    return quick;
  }
  Member& join(const Options& options) {
    members.push_back(std::make_unique<Member>(options));
    members.back()->node->start();
    return *members.back();
  }
  void join_all(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      join(quick("node" + std::to_string(i)));
    }
  }

  [[nodiscard]] std::unique_ptr<Connection> connect() const {
    return open_store(options().store)->connect(Access::create);
  }
  // Appends as another program does.
  EntryId write(const std::vector<Instruction>& instructions) const {
    return append(*connect(), new_entry(encode(instructions)));
  }
  EntryId write(std::int64_t id) const {
    return write({Instruction::refresh_by_id(kProducts, id)});
  }
  void run_sql(const std::string& sql) const {
    SQLite::Database(file, SQLite::OPEN_READWRITE, 20'000).exec(sql);
  }
  [[nodiscard]] bool all_have(EntryId entry) const {
    return std::all_of(members.begin(), members.end(), [&](const auto& member) {
      return static_cast<bool>(member->node->wait_applied(entry, 20s));
    });
  }
  [[nodiscard]] bool is_sound() const {
    return SQLite::Database(file, SQLite::OPEN_READWRITE, 20'000)
               .execAndGet("PRAGMA integrity_check")
               .getString() == "ok";
  }
};

[[nodiscard]] inline bool has(const Record& record, const std::string& line) {
  const Lines lines = record.lines();
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

[[nodiscard]] inline bool has_beginning(const Record& record, const std::string& beginning) {
  const Lines lines = record.lines();
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.starts_with(beginning); });
}

}  // namespace crier::test
