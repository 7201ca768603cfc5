// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/fork_guard.hpp"
#include "store/postgres/array_literal.hpp"
#include "store/postgres/channel.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/notify_wakeup.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/repair.hpp"
#include "store/postgres/statement.hpp"
#include "store/sql/store_connection.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier::postgres {

// A session with a server: bounds each call by the deadline, and connects again if the connection
// broke. One thread at a time.
class Session final : public sql::DriverSession {
 public:
  // Connects. `wakeup` is rung for entries; it outlives the session. Throws crier::Error.
  Session(StoreConfig config, Access access, std::shared_ptr<Lineage> lineage,
          NotifyWakeup& wakeup);
  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const sql::StoreConfig& config() const override { return config_; }
  void set_deadline(std::chrono::milliseconds deadline) override { config_.set_deadline(deadline); }

  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare(std::string_view name) override;
  void execute(const std::string& script) override { query(script); }
  // Transactions that write go one at a time, as in a SQLite file: what is read in one stays so
  // until it ends. Those who append to the log do not wait for it, but it may append itself: the
  // counter's row is the last lock that it takes.
  void begin(sql::Begin kind) override;
  void commit() override;
  void roll_back() noexcept override;
  void keep_fills_out() override;
  [[nodiscard]] bool is_missing_table(const std::exception& error) const override;
  [[nodiscard]] bool is_only_about_writing(const std::exception& error) const override;
  [[nodiscard]] bool is_refusal(const std::exception& error) const override;
  [[nodiscard]] std::string key_list(std::span<const std::string> keys) const override {
    return array_literal(keys);
  }
  // No publisher waits for a delete, but fills of the shared cache do.
  [[nodiscard]] Chunks rows_per_delete() const override { return {100'000, 50}; }

  EntryId append(std::span<const NewEntry> entries) override;
  void announce() noexcept override;
  std::int64_t assign_pending_ids() override;
  void before_reading() override;
  State after_reading(bool found_none) override;
  std::vector<LogFault> faults() override;

  void prepare_database(bool are_any_pending) override;
  std::string obstacle() override;
  void without_default_rights(const std::function<void()>& make) override;
  [[nodiscard]] std::string schema() override { return schema_text(); }
  sql::FoundFacts facts(const std::vector<sql::SchemaFact>& expected) override;
  [[nodiscard]] std::string mend(const sql::SchemaFault& fault,
                                 const sql::FoundFacts& /*found*/) override {
    return mend_sql(fault);
  }
  std::string log_fault() override;
  std::vector<std::string> warnings() override;
  std::vector<std::string> problems() override;
  [[nodiscard]] bool has_roles() const override { return true; }
  std::string grants(std::span<const RoleGrant> grants) override;
  std::vector<Repair> repair() override;
  std::vector<SetupCheck> check_setup() override;
  std::optional<std::vector<std::string>> tables_walked_by(std::string_view statement) override;
  [[nodiscard]] std::string analyze_command(const std::string& table) const override;
  TableInfo describe(std::string_view table) override;
  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare_look_up(
      std::string_view query) override;

 private:
  class Prepared;

  static constexpr std::chrono::milliseconds kGrace{1000};

  void begin_call(const char* operation) override;
  void fail(const char* operation, const std::exception& error) override;
  // Runs statements; where sessions are shared, in a transaction with the settings unless one is
  // open.
  Result query(const std::string& sql);
  template <class Body>
  Result in_settings(Body body);
  void connect();
  // Tells all who listen, and does not wait for that.
  void notify() noexcept;
  // Takes in what came of the last note; the link may be of no more use then.
  void finish_notify();

  StoreConfig config_;  // with the deadline that is in force
  const Access access_;
  const std::shared_ptr<Lineage> lineage_;
  NotifyWakeup& wakeup_;
  const ForkGuard fork_guard_;
  PgConnection::Time ends_;
  std::unique_ptr<PgConnection> link_;
  std::uint64_t links_ = 0;     // made so far: each has statements of its own
  std::uint64_t prepared_ = 0;  // so far: several may be of one name
  bool is_pooled_ = false;      // nothing stays in a session: see local_settings()
  Channel channel_;             // on this link
  bool is_bare_ = false;        // what was begun is a statement, which is a transaction by itself
  PgConnection::Time state_seen_at_;
  bool posted_ = false;  // a note was sent, and what came of it is not known
  std::chrono::milliseconds server_deadline_{};  // as it stands in the session
  sql::Statement append_one_{*this, "append_one"};
  sql::Statement append_{*this, "append"};
  sql::Statement assign_pending_ids_{*this, "assign_pending_ids"};
  sql::Statement log_state_{*this, "log_state"};
  sql::Statement schema_facts_{*this, "schema_facts"};
};

}  // namespace crier::postgres
