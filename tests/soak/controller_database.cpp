// SPDX-License-Identifier: MIT
// What befalls the database itself, and what the history of a whole run is held against.
#include <crier/error.hpp>

#include "history/checker.hpp"
#include "history/history.hpp"
#include "soak/controller.hpp"
#include "soak/table.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <iostream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace crier::soak {

namespace {

using namespace std::chrono_literals;

// Holds the lock of writers from here on until it is done; false if it did not get it.
bool lock(SQLite::Backup& backup) {
  const auto end = Clock::now() + 1s;
  while (Clock::now() < end) {
    if (const int result = backup.executeStep(1);
        result != SQLITE_BUSY && result != SQLITE_LOCKED) {
      return true;
    }
    std::this_thread::sleep_for(5ms);
  }
  return false;
}

// Who holds the lock may stand still until this process lets it go on.
void hurry(Sql& sql, bool is_postgres) {
  sql.exec(is_postgres ? "SET lock_timeout = '500ms'" : "PRAGMA busy_timeout = 500");
}

void copy(const std::string& from, const std::string& to) {
  std::filesystem::remove_all(to);
  if (std::system(("cp -a '" + from + "' '" + to + "'").c_str()) != 0) {
    throw std::runtime_error("can't copy " + from);
  }
}

}  // namespace

void Controller::strike_database(std::size_t who, std::size_t how,
                                 std::chrono::milliseconds pause) {
  try {
    if (how < 2 && settings_.restores) {
      server_ == nullptr ? set_back_file() : set_back_server(pause);
    } else if (how == 2) {
      alter_schema();
    } else if (how == 3) {
      write_as(posts_[who]);
    }
  } catch (const std::runtime_error& error) {  // nothing befell it, then
    std::cerr << "a strike failed: " << error.what() << '\n';
  }
}

// As it was some strikes before, in place, under all that use it.
void Controller::set_back_file() {
  const std::string file = (settings_.dir / "soak.db").string();
  const std::string copied = (settings_.dir / "backup.db").string();
  if (!backup_) {
    Table(url_).sql().exec("VACUUM INTO '" + copied + "'");
    SQLite::Database from(copied);
    backup_ = {{from.execAndGet("SELECT max(id) FROM crierCacheInstruction").getInt64()},
               from.execAndGet("SELECT version FROM soak_clock").getInt64()};
    ++verdict_.strikes["copy made"];
    return;
  }
  const Backup backup = *std::exchange(backup_, std::nullopt);
  {
    SQLite::Database to(file, SQLite::OPEN_READWRITE);
    SQLite::Database from(copied);
    SQLite::Backup restore(to, from);
    if (!lock(restore)) {
      std::filesystem::remove(copied);
      return;
    }
    const std::int64_t began = history::now();
    const std::int64_t taken_at = wall_microseconds();
    restore.executeStep(-1);
    restored(began, backup.newest, backup.version, taken_at);
  }
  std::filesystem::remove(copied);
}

void Controller::set_back_server(std::chrono::milliseconds pause) {
  server_->end(pause, [this](const std::string& data) {
    const std::string copied = data + "-copy";
    if (!backup_) {
      copy(data, copied);
      backup_ = {newest_, wall_microseconds()};
      ++verdict_.strikes["copy made"];
      return;
    }
    const Backup backup = *std::exchange(backup_, std::nullopt);
    const std::int64_t began = history::now();
    copy(copied, data);
    restored(began, backup.newest, backup.version, wall_microseconds());
  });
}

void Controller::restored(std::int64_t began, EntryId newest, std::int64_t kept,
                          std::int64_t taken_at) {
  ++verdict_.strikes["restored"];
  recorder_->put({.kind = history::Kind::restore,
                  .began = began,
                  .entry = newest.value,
                  .first = kept + 1,
                  .last = taken_at});
}

void Controller::alter_schema() {
  const std::unique_ptr<Sql> sql = Sql::open(url_);
  hurry(*sql, server_ != nullptr);
  sql->exec("DROP TABLE IF EXISTS soak_extra");
  if (!std::exchange(has_extra_table_, !has_extra_table_)) {
    sql->exec("CREATE TABLE soak_extra (x bigint)");
  }
  ++verdict_.strikes["schema altered"];
  recorder_->put({.kind = history::Kind::schema, .node = "soak_extra"});
}

// As one does that was started from the same snapshot of memory.
void Controller::write_as(const Post& post) {
  if (!post.up() || post.originated.empty()) {
    return;
  }
  Table table(url_);
  hurry(table.sql(), server_ != nullptr);
  Transaction transaction(table.sql(), table.sql().begin());
  table.append("[]", post.originated, 0);
  transaction.commit();
  ++verdict_.strikes["cloned"];
  recorder_->put({.kind = history::Kind::clone, .node = post.process()});
}

void Controller::judge_history() {
  recorder_.reset();
  std::vector<std::string> files;
  for (const auto& file : std::filesystem::directory_iterator(settings_.dir)) {
    if (file.path().extension() == ".history") {
      files.push_back(file.path().string());
    }
  }
  history::Checker checker;
  try {
    history::merge(files, [&](const history::Event& event) { checker.take(event); });
  } catch (const history::Unreadable& error) {
    verdict_.findings.emplace_back(error.what());
    ++verdict_.misread;
  }
  for (const history::Finding& finding : checker.findings()) {
    verdict_.findings.push_back(std::string(to_string(finding.violation)) + ": " + finding.what);
  }
  verdict_.lost = checker.count(history::Violation::lost);
  verdict_.misread += checker.found() - verdict_.lost;
  verdict_.applied = checker.events(history::Kind::applied);
  verdict_.reads = checker.reads();
  verdict_.bounded_reads = checker.bounded_reads();
}

}  // namespace crier::soak
