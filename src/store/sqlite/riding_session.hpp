// SPDX-License-Identifier: MIT
#pragma once

#include "store/sql/append_in.hpp"
#include "store/sql/statement.hpp"
#include "store/sqlite/config.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

namespace crier::sqlite {

// A session on a connection of the application's. The application's own timeouts and interrupts are
// in force there, and not the store's deadline. Leaves the connection's last_insert_rowid() as it
// was: the application may rely on its own.
class RidingSession final : public sql::RidingSession {
 public:
  // `connection` may be null: a call says so.
  RidingSession(sqlite3* connection, const StoreConfig& config);
  ~RidingSession() override;
  RidingSession(const RidingSession&) = delete;
  RidingSession& operator=(const RidingSession&) = delete;

  [[nodiscard]] const sql::StoreConfig& config() const override { return config_; }
  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare(std::string_view name) override;
  void execute(const std::string& script) override;
  void roll_back() noexcept override;

  RidingIds append_riding(std::span<const NewEntry> entries) override;

 private:
  // Throws if `connection_` is not one on which entries can ride.
  void begin_call(const char* operation) override;
  void fail(const char* operation, const std::exception& error) override;

  sqlite3* const connection_;
  const StoreConfig& config_;
  const sqlite3_int64 rowid_;
  sql::Statement append_{*this, "append"};
};

}  // namespace crier::sqlite
