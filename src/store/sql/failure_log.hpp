// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/failures.hpp>
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "store/sql/failure_statements.hpp"
#include "store/sql/leases.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crier::sql {

template <class D>
class SqlFailures final : public FailureLog {
 public:
  // Each retry rings `wakeup`.
  SqlFailures(typename D::Database& database, Wakeup& wakeup)
      : database_(database), wakeup_(wakeup) {}

  void record(const std::vector<FailureRecord>& failures) override;
  std::vector<FailureRecord> list() override;
  std::optional<FailureRecord> find(std::int64_t id) override;
  std::optional<EntryId> retry(std::int64_t id, const std::string& originated) override;
  bool dismiss(std::int64_t id) override;
  std::size_t forget_older(std::chrono::milliseconds age, const Fence& fence) override;

 private:
  [[nodiscard]] std::optional<FailureRecord> read(std::int64_t id);

  typename D::Database& database_;
  Wakeup& wakeup_;
  const std::string& log_ = database_.place().table;
  typename D::Appender appender_{database_};
  SqlFence<D> fence_{database_};

  typename D::Statement forget_same_{database_, kForgetSameFailure};
  typename D::Statement record_{database_, kRecordFailure};
  typename D::Statement forget_excess_{database_, kForgetExcessFailures};
  typename D::Statement failures_{database_, kFailures};
  typename D::Statement failure_{database_, kFailure};
  typename D::Statement forget_{database_, kForgetFailure};
  typename D::Statement forget_old_{database_, kForgetOldFailures};
};

// Of a row of kFailures or kFailure.
template <class Row>
FailureRecord failure_of(Row& row) {
  const auto text = [&](int column) { return row.text(column); };
  const auto number = [&](int column) { return row.number(column); };

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

template <class D>
void SqlFailures<D>::record(const std::vector<FailureRecord>& failures) {
  if (failures.empty()) {
    return;
  }
  database_.call("record", [&] {
    typename D::Write write(database_);
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

template <class D>
std::vector<FailureRecord> SqlFailures<D>::list() {
  return database_.call("read", [&] {
    std::vector<FailureRecord> failures;
    {
      auto rows = failures_.run(log_);
      while (rows.step()) {
        failures.push_back(failure_of(rows));
      }
    }
    database_.require_in_place();
    return failures;
  });
}

template <class D>
std::optional<FailureRecord> SqlFailures<D>::find(std::int64_t id) {
  return database_.call("read", [&] {
    std::optional<FailureRecord> failure = read(id);
    database_.require_in_place();
    return failure;
  });
}

template <class D>
std::optional<EntryId> SqlFailures<D>::retry(std::int64_t id, const std::string& originated) {
  return database_.call("retry", [&]() -> std::optional<EntryId> {
    typename D::Write write(database_);
    const std::optional<FailureRecord> failure = read(id);
    if (!failure) {
      return std::nullopt;
    }
    if (failure->json_instruction.empty()) {
      throw Error("retry",
                  "failure " + std::to_string(id) + " of the database '" + database_.name() +
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

template <class D>
bool SqlFailures<D>::dismiss(std::int64_t id) {
  return database_.call("dismiss", [&] {
    typename D::Write write(database_);
    const int dropped = forget_.change(log_, id);
    write.commit();
    return dropped != 0;
  });
}

template <class D>
std::size_t SqlFailures<D>::forget_older(std::chrono::milliseconds age, const Fence& fence) {
  return database_.call("forget", [&] {
    typename D::Write write(database_);
    if (!fence_.holds(fence)) {
      return std::size_t{0};
    }
    const int dropped = forget_old_.change(log_, age.count());
    write.commit();
    return static_cast<std::size_t>(dropped);
  });
}

template <class D>
std::optional<FailureRecord> SqlFailures<D>::read(std::int64_t id) {
  auto row = failure_.run(log_, id);
  if (!row.step()) {
    return std::nullopt;
  }
  return failure_of(row);
}

}  // namespace crier::sql
