// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_failures.hpp"

#include <crier/error.hpp>

#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>

namespace crier::sqlite {
namespace {

// Of a row of kFailures or kFailure.
FailureRecord record_of(const SQLite::Statement& row) {
  const auto text = [&](int column) { return row.getColumn(column).getString(); };
  const auto number = [&](int column) { return row.getColumn(column).getInt64(); };

  FailureRecord failure;
  failure.id = number(0);
  failure.utc_stamp = text(1);
  failure.kind = static_cast<FailureKind>(number(2));
  failure.entry = {number(3)};
  failure.index = static_cast<std::size_t>(number(4));
  failure.originated = text(5);
  failure.refresher = Guid::parse(text(6)).value_or(Guid());
  failure.name = text(7);
  failure.node = text(8);
  failure.incarnation = Guid::parse(text(9)).value_or(Guid());
  failure.attempts = static_cast<int>(number(10));
  failure.error = text(11);
  failure.instruction_count = number(12);
  failure.json_instruction = text(13);
  return failure;
}

}  // namespace

void SqliteFailures::record(const std::vector<FailureRecord>& failures) {
  if (failures.empty()) {
    return;
  }
  database_.call("record", [&] {
    Write write(database_);
    for (const FailureRecord& failure : failures) {
      const std::string incarnation = failure.incarnation.to_string();
      const std::string refresher = failure.refresher.to_string();
      const auto index = static_cast<std::int64_t>(failure.index);
      forget_same_.change(log_, incarnation, failure.entry.value, index, refresher);
      record_.change(log_, static_cast<int>(failure.kind), failure.entry.value, index,
                     failure.originated, refresher, failure.name, failure.node, incarnation,
                     failure.attempts, failure.error, failure.instruction_count,
                     failure.json_instruction);
    }
    forget_excess_.change(log_, static_cast<std::int64_t>(kMax));
    write.commit();
  });
}

std::vector<FailureRecord> SqliteFailures::list() {
  return database_.call("read", [&] {
    std::vector<FailureRecord> failures;
    {
      Statement::Run rows = failures_.run(log_);
      while (rows->executeStep()) {
        failures.push_back(record_of(*rows));
      }
    }
    database_.require_in_place();
    return failures;
  });
}

std::optional<FailureRecord> SqliteFailures::find(std::int64_t id) {
  return database_.call("read", [&] {
    std::optional<FailureRecord> failure = read(id);
    database_.require_in_place();
    return failure;
  });
}

std::optional<EntryId> SqliteFailures::retry(std::int64_t id, const std::string& originated) {
  return database_.call("retry", [&]() -> std::optional<EntryId> {
    Write write(database_);
    const std::optional<FailureRecord> failure = read(id);
    if (!failure) {
      return std::nullopt;
    }
    if (failure->json_instruction.empty()) {
      throw Error("retry",
                  "failure " + std::to_string(id) + " of the database '" + database_.place().path +
                      "' holds no instruction that could run again; dismiss it",
                  Error::Kind::invalid_argument);
    }
    const EntryId entry =
        appender_.append({originated, failure->instruction_count, failure->json_instruction});
    forget_.change(log_, id);
    write.commit();
    wakeup_.ring();
    return entry;
  });
}

bool SqliteFailures::dismiss(std::int64_t id) {
  return database_.call("dismiss", [&] {
    Write write(database_);
    const int dropped = forget_.change(log_, id);
    write.commit();
    return dropped != 0;
  });
}

std::size_t SqliteFailures::forget_older(std::chrono::milliseconds age, const Fence& fence) {
  return database_.call("forget", [&] {
    Write write(database_);
    if (!fence_.holds(fence)) {
      return std::size_t{0};
    }
    const int dropped = forget_old_.change(log_, age.count());
    write.commit();
    return static_cast<std::size_t>(dropped);
  });
}

std::optional<FailureRecord> SqliteFailures::read(std::int64_t id) {
  Statement::Run row = failure_.run(log_, id);
  if (!row->executeStep()) {
    return std::nullopt;
  }
  return record_of(*row);
}

}  // namespace crier::sqlite
