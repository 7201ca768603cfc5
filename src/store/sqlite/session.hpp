// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "store/sql/store_connection.hpp"
#include "store/sqlite/config.hpp"
#include "store/sqlite/open_file.hpp"
#include "store/sqlite/statement.hpp"

#include <SQLiteCpp/Database.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A database that is open: bounds each call by the deadline, and watches that the file stays the
// one at its path. One thread at a time.
class Session final : public sql::DriverSession {
 public:
  // `wakeup` is rung for entries; it outlives the session. Throws crier::Error.
  Session(StoreConfig config, Access access, Wakeup& wakeup);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const sql::StoreConfig& config() const override { return config_; }
  void set_deadline(std::chrono::milliseconds deadline) override { config_.deadline = deadline; }

  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare(std::string_view name) override;
  void execute(const std::string& script) override { db_.exec(script); }
  void begin(sql::Begin kind) override;
  void commit() override;
  void roll_back() noexcept override;
  [[nodiscard]] bool is_missing_table(const std::exception& error) const override;
  [[nodiscard]] bool is_only_about_writing(const std::exception& error) const override;
  // A commit looks by itself.
  void require_in_place() override;
  void require_in_place_now_and_then() override;

  EntryId append(std::span<const NewEntry> entries) override;
  void announce() noexcept override { wakeup_.ring_others(); }
  void after_reading(bool found_none) override;

  void prepare_database(bool are_any_pending) override;
  std::string log_fault() override;
  TableInfo describe(std::string_view table) override;

  // Waits before another try for a lock; false if the call's time is up.
  [[nodiscard]] bool pause(int tries) const;

 private:
  using Clock = std::chrono::steady_clock;

  // The statements around each transaction.
  enum Control : std::uint8_t { kWrite, kRead, kCommit, kRollBack };

  void begin_call(const char* operation) override;
  void fail(const char* operation, const std::exception& error) override;
  void run(Control control);

  StoreConfig config_;  // with the deadline that is in force
  const Access access_;
  Wakeup& wakeup_;
  Clock::time_point ends_;
  SQLite::Database db_;
  OpenFile file_{db_.getHandle(), config_.database};
  Clock::time_point looked_at_;                      // at its path
  std::array<std::optional<Statement>, 4> control_;  // of db_, so they go first
  sql::Statement append_{*this, "append"};
};

}  // namespace crier::sqlite
