// SPDX-License-Identifier: MIT
// Publishes inside a transaction of its own, on a connection of SQLiteCpp's.
#include <crier/crier.hpp>
#include <crier/sqlitecpp.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

using namespace crier::literals;

constexpr crier::Guid kPrices = "0b8a2f5e-3c1d-4b6f-9a77-52c6c8d0e1f4"_guid;

struct PriceRefresher final : crier::CacheRefresher {
  [[nodiscard]] crier::Guid id() const override { return kPrices; }
  [[nodiscard]] std::string_view name() const override { return "PriceRefresher"; }
  void refresh_all() override {}
  void refresh(std::int64_t id) override { last = id; }
  void refresh(const crier::Guid&) override {}
  void remove(std::int64_t) override {}

  std::int64_t last = 0;
};

bool works(const std::string& file) {
  const auto prices = std::make_shared<PriceRefresher>();
  crier::Registry refreshers;
  refreshers.add(prices);
  crier::Options options;
  options.store = "sqlite:" + file;
  options.migrate_on_start = true;
  options.poll_interval = std::chrono::hours(1);
  crier::Node node(std::move(options), std::move(refreshers));
  node.start();

  SQLite::Database database(file, SQLite::OPEN_READWRITE, 10'000);
  database.exec("BEGIN IMMEDIATE; CREATE TABLE prices (id INTEGER PRIMARY KEY)");
  crier::TransactionBatch batch = node.cache().batch_in(database);
  batch.refresh(kPrices, 42);
  const bool written = batch.write() == crier::EntryId{1};
  database.exec("COMMIT");
  batch.committed();
  return written && prices->last == 42;
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "consumer-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror("mkdtemp");
    return 1;
  }
  const bool right = works(folder + "/shop.db");
  std::filesystem::remove_all(folder);
  std::cout << "crier " << crier::version() << (right ? " takes part\n" : " does not take part\n");
  return right ? 0 : 1;
}
