// SPDX-License-Identifier: MIT
#pragma once

#include "store/postgres/config.hpp"
#include "store/sql/append_in.hpp"
#include "store/sql/statement.hpp"

#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <string_view>

namespace crier::postgres {

// A session on a connection of the application's, whose settings are in force there: its timeouts,
// its search_path. The ids are given at the commit, or after it.
class RidingSession final : public sql::RidingSession {
 public:
  // Whether a log of that identity is the store's.
  using IsOurs = std::function<bool(std::string_view identity)>;

  // `connection` may be null: a call says so.
  RidingSession(PGconn* connection, const StoreConfig& config, IsOurs is_ours);

  [[nodiscard]] const sql::StoreConfig& config() const override { return config_; }
  [[nodiscard]] std::unique_ptr<sql::PreparedStatement> prepare(std::string_view name) override;
  void execute(const std::string& script) override;
  void roll_back() noexcept override;

  RidingIds append_riding(std::span<const NewEntry> entries) override;

 private:
  // Throws if nothing can be written on `connection_`.
  void begin_call(const char* operation) override;
  void fail(const char* operation, const std::exception& error) override;

  PGconn* const connection_;
  const StoreConfig& config_;
  const IsOurs is_ours_;
  sql::Statement log_{*this, "log_of_application"};
  sql::Statement append_{*this, "append_riding"};
};

}  // namespace crier::postgres
