// SPDX-License-Identifier: MIT
#include "store/sql/canary_sender.hpp"

#include "store/sql/transaction.hpp"

#include <algorithm>
#include <exception>
#include <span>

namespace crier::sql {

std::optional<EntryId> CanarySender::send(const NewEntry& entry, std::chrono::milliseconds interval,
                                          const Fence& fence) {
  if (session_.config().foreign_log) {
    return std::nullopt;
  }
  return session_.call("send", [&]() -> std::optional<EntryId> {
    // Asked far more often than one is due: that takes no lock.
    if (!is_due(interval)) {
      return std::nullopt;
    }
    Transaction write(session_, Begin::write);
    if (!is_due(interval) || !fence_.holds(fence)) {
      return std::nullopt;
    }
    const EntryId id = driver_.append(std::span(&entry, 1));
    record_.change({session_.config().log, id.value});
    write.commit();
    wakeup_.ring();
    return id;
  });
}

std::optional<Canary> CanarySender::newest() {
  return session_.call("read", [&]() -> std::optional<Canary> {
    try {
      std::optional<Canary> newest = read();
      if (newest) {
        newest->age = std::max(newest->age, std::chrono::milliseconds(0));
      }
      return newest;
    } catch (const std::exception& error) {
      if (!session_.is_missing_table(error)) {
        throw;
      }
      return std::nullopt;
    }
  });
}

std::optional<Canary> CanarySender::read() {
  Rows row = canary_.run({session_.config().log});
  if (!row.step()) {
    return std::nullopt;
  }
  return Canary{{row.integer(0)}, std::chrono::milliseconds(row.integer(1))};
}

bool CanarySender::is_due(std::chrono::milliseconds interval) {
  const std::optional<Canary> last = read();
  return !last || last->age < std::chrono::milliseconds(0) || last->age >= interval;
}

}  // namespace crier::sql
