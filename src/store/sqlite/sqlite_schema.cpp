// SPDX-License-Identifier: MIT
#include "store/sqlite/sqlite_schema.hpp"

#include <crier/error.hpp>

#include "store/sqlite/describe_table.hpp"
#include "store/sqlite/sql.hpp"
#include "store/sqlite/write.hpp"

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <string_view>
#include <utility>

namespace crier::sqlite {

SqliteSchema::SqliteSchema(Database& database, std::vector<Migration> known)
    : database_(database),
      migrator_(database.place().path, database.place().migrate_command, std::move(known)) {}

SchemaStatus SqliteSchema::status() {
  return database_.call("check", [&] {
    SchemaStatus status = migrator_.status(applied());
    if (database_.place().foreign_table) {
      status.advice = table_fault();
      status.state = status.advice.empty() ? SchemaState::current : SchemaState::missing;
    } else if (status.state == SchemaState::current && !table_fault().empty()) {
      status.state = SchemaState::altered;
      status.advice = dropped();
    }
    return status;
  });
}

std::vector<Migration> SqliteSchema::pending() {
  return database_.call("check", [&] { return migrator_.pending(applied()); });
}

std::vector<Migration> SqliteSchema::migrate() {
  return database_.call("migrate", [&] {
    // Refuses what is newer or altered before anything is touched.
    static_cast<void>(migrator_.pending(applied()));
    use_wal();
    std::vector<Migration> done = migrator_.migrate(*this);
    if (!database_.place().foreign_table && !table_fault().empty()) {
      throw Error("migrate", dropped());
    }
    return done;
  });
}

TableInfo SqliteSchema::describe(std::string_view table) {
  return database_.call("describe", [&] {
    return describe_table(database_.handle(), table.empty() ? database_.place().table : table);
  });
}

std::vector<AppliedMigration> SqliteSchema::applied() {
  SQLite::Statement has_migrations(database_.handle(), std::string(sql::kHasMigrations));
  if (!has_migrations.executeStep()) {
    return {};
  }
  std::vector<AppliedMigration> applied;
  SQLite::Statement rows(database_.handle(), std::string(sql::kMigrations));
  while (rows.executeStep()) {
    applied.push_back(
        {rows.getColumn(0).getInt(), rows.getColumn(1).getString(), rows.getColumn(2).getString()});
  }
  return applied;
}

void SqliteSchema::in_transaction(const std::function<void()>& step) {
  Write write(database_);
  step();
  write.commit();
}

void SqliteSchema::apply(const Migration& migration) {
  database_.handle().exec(migration.sql);
  SQLite::Statement record(database_.handle(), std::string(sql::kRecordMigration));
  record.bind(1, migration.version);
  record.bind(2, migration.name);
  record.bind(3, migration.checksum);
  record.exec();
}

// The mode is kept in the file. Changing it needs the file alone, for which SQLite does not wait in
// every case.
void SqliteSchema::use_wal() {
  for (int tries = 0;; ++tries) {
    try {
      SQLite::Statement use_wal(database_.handle(), std::string(sql::kUseWal));
      use_wal.executeStep();
      if (use_wal.getColumn(0).getString() != "wal") {
        throw Error("migrate", "the database '" + database_.place().path +
                                   "' can't have a write-ahead log where it is; move it to a local "
                                   "disk");
      }
      return;
    } catch (const SQLite::Exception& error) {
      if ((error.getErrorCode() & 0xff) != SQLITE_BUSY || !database_.pause(tries)) {
        throw;
      }
    }
  }
}

std::string SqliteSchema::dropped() const {
  const Place& place = database_.place();
  return "the database '" + place.path + "' was migrated, but its table '" + place.table +
         "' was dropped or changed since; restore the database from a backup";
}

std::string SqliteSchema::table_fault() {
  const Place& place = database_.place();
  sqlite3* const handle = database_.handle().getHandle();
  const std::string table = "the table '" + place.table + "' in the database '" + place.path + "'";
  int grows = 0;
  const auto has = [&](const char* column) {
    const int code =
        sqlite3_table_column_metadata(handle, "main", place.table.c_str(), column, nullptr, nullptr,
                                      nullptr, nullptr, column == nullptr ? nullptr : &grows);
    if (code != SQLITE_OK && code != SQLITE_ERROR) {
      throw SQLite::Exception(handle, code);
    }
    return code == SQLITE_OK;
  };

  if (!has(nullptr)) {
    return "there is no table '" + place.table + "' in the database '" + place.path +
           "'; the URL's ?table= must name an instruction table";
  }
  for (const char* column :
       {"utcStamp", "jsonInstruction", "originated", "instructionCount", "id"}) {
    if (!has(column)) {
      return table + " has no column '" + column + "', so it is not an instruction table";
    }
  }
  if (grows == 0) {
    return "the column 'id' of " + table +
           " is not INTEGER PRIMARY KEY AUTOINCREMENT, so ids could be used again";
  }
  return {};
}

}  // namespace crier::sqlite
