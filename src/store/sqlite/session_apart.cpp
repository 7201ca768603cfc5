// SPDX-License-Identifier: MIT
// A session on a database that nobody has open: see UntouchedFile.
#include <crier/error.hpp>

#include "store/sqlite/session.hpp"
#include "store/sqlite/statements.hpp"

#include <optional>
#include <string>
#include <utility>

namespace crier::sqlite {

// A statement that can be prepared again on another connection.
class Session::Prepared final : public sql::PreparedStatement {
 public:
  Prepared(Session& session, std::string text) : session_(session), text_(std::move(text)) {
    session_.prepared_.insert(this);
  }
  ~Prepared() override { session_.prepared_.erase(this); }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  // What it has prepared must go before the connection does.
  void drop() { statement_.reset(); }

  void start(std::span<const sql::Value> values, sql::Lifetime lifetime) override {
    if (!statement_) {
      statement_.emplace(session_.db_.getHandle(), text_);
    }
    statement_->start(values, lifetime);
  }
  bool step() override {
    bool has_row = false;
    try {
      has_row = statement_->step();
    } catch (...) {
      session_.require_untouched();
      throw;
    }
    session_.require_untouched();  // after what was read, so that it was whole
    return has_row;
  }
  [[nodiscard]] std::int64_t changed() const override { return statement_->changed(); }
  void finish() noexcept override {
    if (statement_) {
      statement_->finish();
    }
  }
  [[nodiscard]] bool is_null(int column) const override { return statement_->is_null(column); }
  [[nodiscard]] bool is_text(int column) const override { return statement_->is_text(column); }
  [[nodiscard]] std::int64_t integer(int column) const override {
    return statement_->integer(column);
  }
  [[nodiscard]] std::string_view text(int column) const override {
    return statement_->text(column);
  }
  [[nodiscard]] std::string bytes(int column) const override { return statement_->bytes(column); }

 private:
  Session& session_;
  const std::string text_;
  std::optional<Statement> statement_;
};

std::unique_ptr<sql::PreparedStatement> Session::prepare(std::string_view name) {
  return prepare_text(statement_text(name, config_));
}

std::unique_ptr<sql::PreparedStatement> Session::prepare_look_up(std::string_view query) {
  std::string text =
      "WITH crier_given (key, version) AS (\n" + std::string(query) +
      "\n) SELECT DISTINCT CAST(key AS TEXT), coalesce(CAST(version AS TEXT), '') "
      "FROM crier_given WHERE CAST(key AS TEXT) IN (SELECT value FROM json_each(?1))";
  const Statement look(db_.getHandle(), text);
  if (!look.only_reads()) {
    throw Error("look up versions", "the query is none that only reads",
                Error::Kind::invalid_argument);
  }
  return prepare_text(std::move(text));
}

std::unique_ptr<sql::PreparedStatement> Session::prepare_text(std::string text) {
  if (untouched_) {
    return std::make_unique<Prepared>(*this, std::move(text));
  }
  return std::make_unique<Statement>(db_.getHandle(), text);
}

void Session::require_untouched() {
  if (untouched_ && !untouched_->is_still()) {
    throw Error("read",
                "the database '" + config_.database +
                    "' was opened by others while it was being read; try again",
                Error::Kind::retryable);
  }
}

void Session::leave_untouched() {
  for (Prepared* const one : prepared_) {
    one->drop();
  }
  for (auto& one : control_) {
    one.reset();
  }
  schema_version_.reset();
  state_ = {};
  auto untouched = UntouchedFile::find(config_.database);
  db_ = open(untouched);
  untouched_ = std::move(untouched);
  set_up();
}

}  // namespace crier::sqlite
