// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_store.hpp"

#include "store/sqlite/database.hpp"
#include "store/sqlite/place.hpp"
#include "store/sqlite/sqlite_log.hpp"
#include "store/sqlite/sqlite_schema.hpp"

#include <string>
#include <utility>

namespace crier::sqlite {
namespace {

class SqliteConnection final : public Connection {
 public:
  SqliteConnection(const Place& place, Access access) : database_(place, access) {}

  InstructionLog& log() override { return log_; }
  Schema& schema() override { return schema_; }

 private:
  Database database_;  // first: statements must go before it
  SqliteLog log_{database_};
  SqliteSchema schema_{database_};
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string name, Place place) : name_(std::move(name)), place_(std::move(place)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return std::make_unique<SqliteConnection>(place_, access);
  }

 private:
  const std::string name_;
  const Place place_;
};

}  // namespace

std::unique_ptr<Store> make_store(const StoreUrl& url, std::chrono::milliseconds deadline) {
  return std::make_unique<SqliteStore>(
      url.name, Place{url.path, url.table.value_or("crierCacheInstruction"), url.table.has_value(),
                      "crier --store " + url.argument + " migrate", deadline});
}

}  // namespace crier::sqlite
