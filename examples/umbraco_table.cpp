// SPDX-License-Identifier: MIT
// How do I follow an Umbraco site? A node reads the table that Umbraco writes, and hears of each
// change of its content. Nothing is added to Umbraco's schema.
#include <crier/crier.hpp>

#include <SQLiteCpp/Database.h>

#include <chrono>
#include <iostream>
#include <memory>

using namespace std::chrono_literals;
using namespace crier::literals;

// Umbraco's ContentCacheRefresher sends JSON; this one sends ids.
constexpr crier::Guid kDictionary = "d1d7e227-f817-4816-bfe9-6c39b6152884"_guid;

struct DictionaryRefresher final : crier::CacheRefresher {
  crier::Guid id() const override { return kDictionary; }
  std::string_view name() const override { return "Dictionary"; }
  void refresh_all() override { std::cout << "forget every text\n"; }
  void refresh(std::int64_t id) override { std::cout << "forget text " << id << '\n'; }
  void refresh(const crier::Guid&) override { refresh_all(); }
  void remove(std::int64_t id) override { refresh(id); }
};

int main() {
  // As Umbraco makes it.
  SQLite::Database umbraco("Umbraco.sqlite.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, 5000);
  umbraco.exec(
      "CREATE TABLE umbracoCacheInstruction (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "
      "utcStamp TEXT NOT NULL, jsonInstruction TEXT COLLATE NOCASE NOT NULL, "
      "originated TEXT COLLATE NOCASE NOT NULL, instructionCount INTEGER NOT NULL DEFAULT 1)");

  crier::Registry refreshers;
  refreshers.add(std::make_shared<DictionaryRefresher>());
  crier::Options options;
  options.store = "sqlite:Umbraco.sqlite.db?table=umbracoCacheInstruction";
  options.node_name = "search-index";
  options.log = [](crier::LogLevel, std::string_view) {
  };  // it says what it can't do without crier's tables
  crier::Node node(options, refreshers);
  node.start();

  // As Umbraco writes when an editor has saved a text.
  umbraco.exec(
      "INSERT INTO umbracoCacheInstruction (utcStamp, jsonInstruction, originated) VALUES "
      "(strftime('%Y-%m-%d %H:%M:%f', 'now'), '[{\"RefreshType\":2,\"RefresherId\":"
      "\"d1d7e227-f817-4816-bfe9-6c39b6152884\",\"IntId\":1651}]', 'CMS01/LM/W3SVC/2/ROOT')");

  const bool has_it = bool(node.wait_applied(crier::EntryId{umbraco.getLastInsertRowid()}, 30s));
  std::cout << (has_it ? "the node has it\n" : "the node has it not\n");
}
