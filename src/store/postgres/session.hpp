// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "base/fork_guard.hpp"
#include "store/postgres/channel.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/notify_wakeup.hpp"
#include "store/postgres/pg_connection.hpp"
#include "store/postgres/statement.hpp"
#include "store/sql/store_connection.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace crier::postgres {

// A session with a server: bounds each call by the deadline, and connects again if the connection
// broke. One thread at a time.
class Session final : public sql::DriverSession {
 public:
  // Connects. `wakeup` is rung for entries; it outlives the session. Throws crier::Error.
  Session(StoreConfig config, Access access, std::shared_ptr<Lineage> lineage,
          NotifyWakeup& wakeup);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const sql::StoreConfig& config() const override { return config_; }
  void set_deadline(std::chrono::milliseconds deadline) override { config_.deadline = deadline; }

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
  // No publisher waits for a delete, but fills of the shared cache do.
  [[nodiscard]] Chunks rows_per_delete() const override { return {100'000, 50}; }

  EntryId append(std::span<const NewEntry> entries) override;
  void announce() noexcept override;
  std::int64_t assign_pending_ids() override;
  void before_reading() override;

  void prepare_database(bool are_any_pending) override;
  std::string log_fault() override;

 private:
  class Prepared;

  static constexpr std::chrono::milliseconds kGrace{250};

  void begin_call(const char* operation) override;
  void fail(const char* operation, const std::exception& error) override;
  Result query(const std::string& sql) { return link_->query(sql, ends_); }
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
  Channel channel_;             // on this link
  bool is_bare_ = false;        // what was begun is a statement, which is a transaction by itself
  bool posted_ = false;         // a note was sent, and what came of it is not known
  std::chrono::milliseconds server_deadline_{};  // as it stands in the session
  sql::Statement append_one_{*this, "append_one"};
  sql::Statement append_{*this, "append"};
  sql::Statement assign_pending_ids_{*this, "assign_pending_ids"};
  sql::Statement log_is_there_{*this, "log_is_there"};
};

}  // namespace crier::postgres
