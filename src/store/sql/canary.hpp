// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/cluster.hpp>
#include <crier/admin/store.hpp>

#include "store/sql/failure_statements.hpp"
#include "store/sql/leases.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace crier::sql {

// Sends canaries through the instruction log.

template <class D>
class SqlCanary {
 public:
  // Each canary rings `wakeup`.
  SqlCanary(typename D::Database& database, Wakeup& wakeup)
      : database_(database), wakeup_(wakeup) {}

  std::optional<EntryId> send(const NewEntry& entry, std::chrono::milliseconds interval,
                              const Fence& fence);
  std::optional<Canary> newest();

 private:
  // Its age is below 0 where the clock was set back.
  [[nodiscard]] std::optional<Canary> read();
  [[nodiscard]] bool is_due(std::chrono::milliseconds interval);

  typename D::Database& database_;
  Wakeup& wakeup_;
  typename D::Appender appender_{database_};
  SqlFence<D> fence_{database_};
  typename D::Statement canary_{database_, kCanary};
  typename D::Statement record_{database_, kRecordCanary};
};

template <class D>
std::optional<EntryId> SqlCanary<D>::send(const NewEntry& entry, std::chrono::milliseconds interval,
                                          const Fence& fence) {
  if (database_.place().foreign_table) {
    return std::nullopt;
  }
  return database_.call("send", [&]() -> std::optional<EntryId> {
    // Asked far more often than one is due: that takes no lock.
    if (!is_due(interval)) {
      return std::nullopt;
    }
    typename D::Write write(database_);
    if (!is_due(interval) || !fence_.holds(fence)) {
      return std::nullopt;
    }
    const EntryId id = appender_.append(entry);
    record_.change(database_.place().table, id.value);
    write.commit();
    wakeup_.ring();
    return id;
  });
}

template <class D>
std::optional<Canary> SqlCanary<D>::newest() {
  return database_.call("read", [&]() -> std::optional<Canary> {
    try {
      std::optional<Canary> newest = read();
      if (newest) {
        newest->age = std::max(newest->age, std::chrono::milliseconds(0));
      }
      return newest;
    } catch (const typename D::Exception& error) {
      if (!D::is_missing_node_table(error)) {
        throw;
      }
      return std::nullopt;
    }
  });
}

template <class D>
std::optional<Canary> SqlCanary<D>::read() {
  auto row = canary_.run(database_.place().table);
  if (!row.step()) {
    return std::nullopt;
  }
  return Canary{{row.number(0)}, std::chrono::milliseconds(row.number(1))};
}

template <class D>
bool SqlCanary<D>::is_due(std::chrono::milliseconds interval) {
  const std::optional<Canary> last = read();
  return !last || last->age < std::chrono::milliseconds(0) || last->age >= interval;
}

}  // namespace crier::sql
