// SPDX-License-Identifier: MIT
#include "store/postgres/store.hpp"

#include <crier/error.hpp>

#include "store/postgres/config.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/notify_wakeup.hpp"
#include "store/postgres/riding_session.hpp"
#include "store/postgres/session.hpp"
#include "store/postgres/statements.hpp"
#include "store/sql/store_connection.hpp"
#include "store/url.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

namespace crier::postgres {
namespace {

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(StoreConfig config)
      : config_(std::move(config)), wakeup_(std::make_shared<NotifyWakeup>(config_, lineage_)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return config_.database; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return connect_with(config_, access);
  }
  [[nodiscard]] std::unique_ptr<Connection> connect_within(std::chrono::milliseconds most,
                                                           Access access) override {
    StoreConfig hurried = config_;
    hurried.set_deadline(std::min(most, config_.deadline));
    std::unique_ptr<Connection> connection = connect_with(hurried, access);
    connection->set_deadline(config_.deadline);
    return connection;
  }
  RidingIds append_in(ApplicationConnection connection,
                      std::span<const NewEntry> entries) override {
    if (!std::holds_alternative<pg_conn*>(connection)) {
      throw Error("append",
                  "the store " + config_.database +
                      " is PostgreSQL: nothing can be written there in a transaction of another "
                      "database's",
                  Error::Kind::invalid_argument);
    }
    RidingSession session(std::get<pg_conn*>(connection), config_,
                          [this](std::string_view log) { return is_here(log); });
    return sql::append_in(session, entries);
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return *wakeup_; }

 private:
  std::unique_ptr<Connection> connect_with(const StoreConfig& config, Access access) {
    return std::make_unique<sql::StoreConnection>(
        std::make_unique<Session>(config, access, lineage_, *wakeup_), wakeup_, migrations());
  }
  // Whether the log of that identity is this store's. The tables may have been made anew since the
  // last session.
  bool is_here(std::string_view log) {
    if (lineage_->log() != log) {
      static_cast<void>(connect(Access::read_only));
    }
    return lineage_->log() == log;
  }

  const StoreConfig config_;
  const std::shared_ptr<Lineage> lineage_ = std::make_shared<Lineage>();
  const std::shared_ptr<NotifyWakeup> wakeup_;
};

}  // namespace

std::unique_ptr<Store> make_store(std::string_view url, StoreOptions options) {
  StoreConfig config = parse_postgres_url(url);
  if (options.password && config.parameters.contains("password")) {
    refuse_url("the password is given twice: in the store URL, and by a function");
  }
  config.password = std::move(options.password);
  return std::make_unique<PostgresStore>(std::move(config));
}

}  // namespace crier::postgres
