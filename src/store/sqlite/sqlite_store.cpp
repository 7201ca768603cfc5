// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_store.hpp"

#include "store/sql/failure_log.hpp"
#include "store/sql/leases.hpp"
#include "store/sql/nodes.hpp"
#include "store/sqlite/append_in.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/dialect.hpp"
#include "store/sqlite/doorbell.hpp"
#include "store/sqlite/place.hpp"
#include "store/sqlite/sqlite_cache.hpp"
#include "store/sqlite/sqlite_log.hpp"
#include "store/sqlite/sqlite_schema.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace crier::sqlite {
namespace {

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const Place& place, Access access, std::shared_ptr<Wakeup> wakeup)
      : wakeup_(std::move(wakeup)), database_(place, access) {}

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
  const std::shared_ptr<Wakeup> wakeup_;  // shared: a connection may outlive its store
  Database database_;                     // before its statements, which must go first
  SqliteLog log_{database_, *wakeup_};
  SqliteSchema schema_{database_};
  sql::SqlNodes<Dialect> nodes_{database_, *wakeup_};
  sql::SqlLeases<Dialect> leases_{database_};
  sql::SqlFailures<Dialect> failures_{database_, *wakeup_};
  SqliteCache cache_{database_};
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string name, Place place)
      : name_(std::move(name)),
        place_(std::move(place)),
        doorbell_(std::make_shared<Doorbell>(place_.path)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return std::make_unique<SqliteConnection>(place_, access, doorbell_);
  }
  [[nodiscard]] std::vector<Migration> pending() override {
    std::error_code ignored;
    const auto there = std::filesystem::status(place_.path, ignored).type();
    const bool is_to_be_made = there == std::filesystem::file_type::not_found ||
                               (there == std::filesystem::file_type::regular &&
                                std::filesystem::is_empty(place_.path, ignored));
    return is_to_be_made ? migrations() : Store::pending();
  }
  RidingIds append_in(ApplicationConnection connection,
                      std::span<const NewEntry> entries) override {
    if (!std::holds_alternative<sqlite3*>(connection)) {
      throw Error("append",
                  "the store " + name_ +
                      " is a SQLite file: nothing can be written there in a transaction of another "
                      "database's",
                  Error::Kind::invalid_argument);
    }
    return {sqlite::append_in(std::get<sqlite3*>(connection), entries, place_), {}};
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return *doorbell_; }

 private:
  const std::string name_;
  const Place place_;
  const std::shared_ptr<Doorbell> doorbell_;
};

}  // namespace

std::unique_ptr<Store> make_store(const StoreUrl& url, std::chrono::milliseconds deadline) {
  const std::string own = "crierCacheInstruction";
  // As SQLite compares names.
  const bool foreign = url.table && sqlite3_stricmp(url.table->c_str(), own.c_str()) != 0;
  return std::make_unique<SqliteStore>(url.name,
                                       Place{url.path, foreign ? *url.table : own, foreign,
                                             "crier --store " + url.argument + " migrate", deadline,
                                             url.durability.value_or(Durability::normal)});
}

}  // namespace crier::sqlite
