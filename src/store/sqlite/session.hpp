// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/fork_guard.hpp"
#include "store/sql/store_connection.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/config.hpp"
#include "store/sqlite/key_list.hpp"
#include "store/sqlite/open_file.hpp"
#include "store/sqlite/repair.hpp"
#include "store/sqlite/schema_history.hpp"
#include "store/sqlite/statement.hpp"
#include "store/sqlite/table_info.hpp"
#include "store/sqlite/untouched_file.hpp"

#include <SQLiteCpp/Database.h>

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A database that is open: bounds each call by the deadline, and watches that the file stays the
// one at its path. One thread at a time.
class Session final : public sql::DriverSession {
 public:
  // `wakeup` is rung for entries; it outlives the session. Without a `checkpointer` commits copy
  // the write-ahead log, as SQLite has them by default. Throws crier::Error.
  Session(StoreConfig config, Access access, Wakeup& wakeup, std::shared_ptr<SchemaHistory> history,
          std::shared_ptr<Checkpointer> checkpointer = nullptr);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const sql::StoreConfig& config() const override { return config_; }
  void set_deadline(std::chrono::milliseconds deadline) override { config_.set_deadline(deadline); }

  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare(std::string_view name) override;
  void execute(const std::string& script) override { db_.exec(script); }
  void begin(sql::Begin kind) override;
  void commit() override;
  void roll_back() noexcept override;
  [[nodiscard]] bool is_missing_table(const std::exception& error) const override;
  [[nodiscard]] bool is_only_about_writing(const std::exception& error) const override;
  [[nodiscard]] bool is_refusal(const std::exception& error) const override;
  // A commit looks by itself.
  [[nodiscard]] std::string key_list(std::span<const std::string> keys) const override {
    return sqlite::key_list(keys);
  }
  void require_in_place() override;
  void require_in_place_now_and_then() override;

  EntryId append(std::span<const NewEntry> entries) override;
  void announce() noexcept override { wakeup_.ring_others(); }
  [[nodiscard]] Wakeup* carrier() noexcept override { return &wakeup_; }
  State after_reading(bool found_none) override;
  bool is_umbracos() override { return is_umbraco_table(db_.getHandle(), config_); }

  void prepare_database(bool are_any_pending) override;
  [[nodiscard]] std::string schema() override;
  sql::FoundFacts facts(const std::vector<sql::SchemaFact>& expected) override;
  [[nodiscard]] std::string mend(const sql::SchemaFault& fault,
                                 const sql::FoundFacts& found) override;
  std::string log_fault() override;
  std::vector<std::string> warnings() override;
  std::vector<std::string> problems() override;
  std::vector<Repair> repair() override { return repair_ids(*this); }
  std::optional<std::uint64_t> journal_bytes() override;
  std::vector<SetupCheck> check_setup() override;
  std::optional<std::vector<std::string>> tables_walked_by(std::string_view statement) override;
  [[nodiscard]] std::string analyze_command(const std::string& table) const override;
  TableInfo describe(std::string_view table) override;
  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare_look_up(
      std::string_view query) override;

  // Copies what it can of the write-ahead log into the database, and disturbs nobody.
  void checkpoint() noexcept;

  // Waits before another try for a lock; false if the call's time is up.
  [[nodiscard]] bool pause(int tries) const;

 private:
  using Clock = std::chrono::steady_clock;
  class Prepared;

  // The statements around each transaction.
  enum Control : std::uint8_t { kWrite, kRead, kCommit, kRollBack };

  void begin_call(const char* operation) override;
  void fail(const char* operation, const std::exception& error) override;
  void run(Control control);
  [[nodiscard]] SQLite::Database open(const std::optional<UntouchedFile>& untouched);
  // What a connection that was just opened needs.
  void set_up();
  // Throws if what was read as a file that doesn't change may have changed meanwhile.
  void require_untouched();
  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare_text(std::string text);
  // Opens the database again, as what others may have open.
  void leave_untouched();
  [[nodiscard]] SchemaHistory::Version schema_version();

  StoreConfig config_;  // with the deadline that is in force
  const Access access_;
  Wakeup& wakeup_;
  const std::shared_ptr<SchemaHistory> history_;
  const std::shared_ptr<Checkpointer> checkpointer_;
  const ForkGuard fork_guard_;
  Clock::time_point ends_;
  const bool is_look_;
  std::optional<UntouchedFile> untouched_;  // while it is read as a file that doesn't change
  SQLite::Database db_;
  OpenFile file_{db_.getHandle(), config_.database};
  Clock::time_point looked_at_;                      // at its path
  State state_;                                      // as of the last read
  std::array<std::optional<Statement>, 4> control_;  // of db_, so they go first
  std::optional<Statement> schema_version_;
  std::set<Prepared*> prepared_;
  sql::Statement append_{*this, "append"};
};

}  // namespace crier::sqlite
