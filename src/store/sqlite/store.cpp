// SPDX-License-Identifier: MIT
#include "store/sqlite/store.hpp"

#include <crier/error.hpp>

#include "store/sql/store_connection.hpp"
#include "store/sqlite/doorbell.hpp"
#include "store/sqlite/riding_session.hpp"
#include "store/sqlite/session.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

namespace crier::sqlite {
namespace {

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(StoreConfig config)
      : config_(std::move(config)),
        doorbell_(std::make_shared<Doorbell>(config_.database, config_.ring ? config_.log : "")) {}

  [[nodiscard]] const std::string& name() const noexcept override { return config_.name; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return connect_by(config_, access);
  }
  [[nodiscard]] std::unique_ptr<Connection> connect_within(std::chrono::milliseconds most,
                                                           Access access) override {
    StoreConfig hurried = config_;
    hurried.set_deadline(std::min(most, config_.deadline));
    std::unique_ptr<Connection> connection = connect_by(hurried, access);
    connection->set_deadline(config_.deadline);
    return connection;
  }
  [[nodiscard]] std::vector<Migration> pending() override {
    std::error_code ignored;
    const auto there = std::filesystem::status(config_.database, ignored).type();
    const bool is_to_be_made = there == std::filesystem::file_type::not_found ||
                               (there == std::filesystem::file_type::regular &&
                                std::filesystem::is_empty(config_.database, ignored));
    return is_to_be_made ? migrations(config_) : Store::pending();
  }
  RidingIds append_in(ApplicationConnection connection,
                      std::span<const NewEntry> entries) override {
    if (!std::holds_alternative<sqlite3*>(connection)) {
      throw Error("append",
                  "the store " + config_.name +
                      " is a SQLite file: nothing can be written there in a transaction of another "
                      "database's",
                  Error::Kind::invalid_argument);
    }
    RidingSession session(std::get<sqlite3*>(connection), config_);
    return sql::append_in(session, entries);
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return *doorbell_; }
  [[nodiscard]] std::string app() const override { return config_.app; }

 private:
  [[nodiscard]] std::unique_ptr<Connection> connect_by(const StoreConfig& config, Access access) {
    return sqlite::connect(config, access, doorbell_, migrations(config), history_, checkpointer_);
  }

  const StoreConfig config_;
  const std::shared_ptr<Doorbell> doorbell_;
  const std::shared_ptr<SchemaHistory> history_ = std::make_shared<SchemaHistory>();
  const std::shared_ptr<Checkpointer> checkpointer_ =
      std::make_shared<Checkpointer>([config = config_, doorbell = doorbell_, history = history_] {
        try {
          Session(config, Access::read_write, *doorbell, history).checkpoint();
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): see kMostPages
        }
      });
};

}  // namespace

std::unique_ptr<Store> make_store(std::string_view url) {
  return std::make_unique<SqliteStore>(parse_sqlite_url(url));
}

std::unique_ptr<Connection> connect(const StoreConfig& config, Access access,
                                    std::shared_ptr<Wakeup> wakeup, std::vector<Migration> known,
                                    std::shared_ptr<SchemaHistory> history,
                                    std::shared_ptr<Checkpointer> checkpointer) {
  auto session = std::make_unique<Session>(config, access, *wakeup, std::move(history),
                                           std::move(checkpointer));
  return std::make_unique<sql::StoreConnection>(std::move(session), std::move(wakeup),
                                                std::move(known));
}

}  // namespace crier::sqlite
