// SPDX-License-Identifier: MIT
#include "store/sql/failures.hpp"

#include <crier/error.hpp>

#include "base/utf8.hpp"
#include "store/sql/transaction.hpp"

#include <span>

namespace crier::sql {
namespace {

// Of a row of failures or failure.
FailureRecord failure_of(const Rows& row) {
  const auto text = [&](int column) { return std::string(row.text(column)); };
  const auto number = [&](int column) { return row.integer(column); };

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

void Failures::record(const std::vector<FailureRecord>& failures) {
  if (failures.empty()) {
    return;
  }
  session_.call("record", [&] {
    Transaction write(session_, Begin::write);
    for (const FailureRecord& failure : failures) {
      const std::string incarnation = failure.incarnation.to_string();
      const std::string refresher = failure.refresher.to_string();
      // Whatever it holds: one record that is refused would hold up all that follow.
      const std::string originated = valid_text(failure.originated, kMaxTextBytes);
      const std::string name = valid_text(failure.name, kMaxTextBytes);
      const std::string error = valid_text(failure.error, kMaxTextBytes);
      const auto index = static_cast<std::int64_t>(failure.index);
      forget_same_.change({log_, incarnation, failure.entry.value, index, refresher});
      record_.change({log_, static_cast<int>(failure.kind), failure.entry.value, index, originated,
                      refresher, name, failure.node, incarnation, failure.attempts, error,
                      failure.instruction_count, failure.json_instruction});
    }
    forget_excess_.change({log_, static_cast<std::int64_t>(kMax)});
    write.commit();
  });
}

std::vector<FailureRecord> Failures::list() {
  return session_.call("read", [&] {
    std::vector<FailureRecord> failures;
    {
      Rows rows = failures_.run({log_});
      while (rows.step()) {
        failures.push_back(failure_of(rows));
      }
    }
    session_.require_in_place();
    return failures;
  });
}

std::optional<FailureRecord> Failures::find(std::int64_t id) {
  return session_.call("read", [&] {
    std::optional<FailureRecord> failure = read(id);
    session_.require_in_place();
    return failure;
  });
}

std::optional<EntryId> Failures::retry(std::int64_t id, const std::string& originated) {
  return session_.call("retry", [&]() -> std::optional<EntryId> {
    Transaction write(session_, Begin::write);
    const std::optional<FailureRecord> failure = read(id);
    if (!failure) {
      return std::nullopt;
    }
    if (failure->json_instruction.empty()) {
      throw Error("retry",
                  "failure " + std::to_string(id) + " of the database '" +
                      session_.config().database +
                      "' holds no instruction that could run again; dismiss it",
                  Error::Kind::invalid_argument);
    }
    const NewEntry again{originated, failure->instruction_count, failure->json_instruction};
    const EntryId entry = driver_.append(std::span(&again, 1));
    forget_.change({log_, id});
    write.commit();
    wakeup_.ring();
    return entry;
  });
}

bool Failures::dismiss(std::int64_t id) {
  return session_.call("dismiss", [&] {
    Transaction write(session_, Begin::write);
    const std::int64_t dropped = forget_.change({log_, id});
    write.commit();
    return dropped != 0;
  });
}

std::size_t Failures::forget_older(std::chrono::milliseconds age, const Fence& fence) {
  return session_.call("forget", [&] {
    Transaction write(session_, Begin::write);
    if (!fence_.holds(fence)) {
      return std::size_t{0};
    }
    const std::int64_t dropped = forget_old_.change({log_, age.count()});
    write.commit();
    return static_cast<std::size_t>(dropped);
  });
}

std::optional<FailureRecord> Failures::read(std::int64_t id) {
  Rows row = failure_.run({log_, id});
  if (!row.step()) {
    return std::nullopt;
  }
  return failure_of(row);
}

}  // namespace crier::sql
