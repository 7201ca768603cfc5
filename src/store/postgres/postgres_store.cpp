// SPDX-License-Identifier: MIT
#include "store/postgres/postgres_store.hpp"

#include "store/postgres/append_in.hpp"
#include "store/postgres/bell.hpp"
#include "store/postgres/database.hpp"
#include "store/postgres/dialect.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/place_of.hpp"
#include "store/postgres/postgres_cache.hpp"
#include "store/postgres/postgres_log.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/sql/failure_log.hpp"
#include "store/sql/leases.hpp"
#include "store/sql/nodes.hpp"
#include "store/url.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace crier::postgres {
namespace {

class PostgresConnection final : public Connection {
 public:
  PostgresConnection(const Place& place, Access access, std::shared_ptr<Lineage> lineage,
                     std::shared_ptr<Bell> bell)
      : bell_(std::move(bell)), database_(place, access, std::move(lineage)) {}

  InstructionLog& log() override { return log_; }
  Schema& schema() override { return schema_; }
  NodeDirectory& nodes() override { return nodes_; }
  RoleLeases& leases() override { return leases_; }
  FailureLog& failures() override { return failures_; }
  CacheTable& cache() override { return cache_; }
  [[nodiscard]] std::chrono::milliseconds deadline() const override {
    return database_.place().deadline;
  }
  void set_deadline(std::chrono::milliseconds deadline) override {
    database_.set_deadline(deadline);
  }

 private:
  const std::shared_ptr<Bell> bell_;  // shared: a connection may outlive its store
  Database database_;
  PostgresLog log_{database_, *bell_};
  PostgresSchema schema_{database_};
  sql::SqlNodes<Dialect> nodes_{database_, *bell_};
  sql::SqlLeases<Dialect> leases_{database_};
  sql::SqlFailures<Dialect> failures_{database_, *bell_};
  PostgresCache cache_{database_};
};

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(Place place)
      : place_(std::move(place)), bell_(std::make_shared<Bell>(place_)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return place_.name; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return std::make_unique<PostgresConnection>(place_, access, lineage_, bell_);
  }
  RidingIds append_in(ApplicationConnection connection,
                      std::span<const NewEntry> entries) override {
    if (!std::holds_alternative<pg_conn*>(connection)) {
      throw Error("append",
                  "the store " + place_.name +
                      " is PostgreSQL: nothing can be written there in a transaction of another "
                      "database's",
                  Error::Kind::invalid_argument);
    }
    return postgres::append_in(std::get<pg_conn*>(connection), entries, place_,
                               [this](std::string_view log) { return is_here(log); });
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return *bell_; }

 private:
  // Whether the log of that identity is this store's. The tables may have been made anew since the
  // last session.
  bool is_here(std::string_view log) {
    if (lineage_->log() != log) {
      static_cast<void>(connect(Access::read_only));
    }
    return lineage_->log() == log;
  }

  const Place place_;
  const std::shared_ptr<Lineage> lineage_ = std::make_shared<Lineage>();
  const std::shared_ptr<Bell> bell_;
};

}  // namespace

std::unique_ptr<Store> make_store(std::string_view url) {
  Place place = place_of(url);
  check_deadline(place.deadline);
  return std::make_unique<PostgresStore>(std::move(place));
}

}  // namespace crier::postgres
