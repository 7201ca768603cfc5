// SPDX-License-Identifier: MIT
#include "testing/memory_store.hpp"

#include "testing/memory_connection.hpp"

#include <utility>

namespace crier::testing {

EntryId MemoryStore::write(std::string originated, std::string json, std::int64_t count) {
  const std::lock_guard lock(mutex_);
  const EntryId id = log_.append({std::move(originated), count, std::move(json)}, now);
  ring.ring_others();
  return id;
}

void MemoryStore::put(Entry entry) {
  const std::lock_guard lock(mutex_);
  log_.put(std::move(entry), now);
}

void MemoryStore::drop(EntryId id) {
  const std::lock_guard lock(mutex_);
  log_.drop(id);
}

void MemoryStore::restore(EntryId first) {
  const std::lock_guard lock(mutex_);
  log_.restore(first);
}

std::vector<Entry> MemoryStore::rows() const {
  const std::lock_guard lock(mutex_);
  return log_.rows();
}

std::vector<MemoryCluster::PersistentPosition> MemoryStore::kept_positions() const {
  const std::lock_guard lock(mutex_);
  return cluster_.kept();
}

RidingIds MemoryStore::append_in(ApplicationConnection connection,
                                 std::span<const NewEntry> entries) {
  if (std::holds_alternative<sqlite3*>(connection)) {
    return Store::append_in(connection, entries);
  }
  const std::lock_guard lock(mutex_);
  RidingIds ids;
  for (const NewEntry& entry : entries) {
    ids.last = log_.append(entry, now);
  }
  return ids;
}

std::unique_ptr<Connection> MemoryStore::connect(Access access) { return connect(access, {}); }

std::unique_ptr<Connection> MemoryStore::connect(Access, MemoryGate gate) {
  MemoryCalls calls{*this, std::move(gate)};
  calls.call("connect", [&] { ++connects; });
  return std::make_unique<MemoryConnection>(std::move(calls));
}

void MemoryStore::prune_through(EntryId last) {
  const std::lock_guard lock(mutex_);
  log_.prune_through(last);
}

void MemoryStore::set_time(std::chrono::milliseconds since_1970) {
  const std::lock_guard lock(mutex_);
  now = since_1970;
}

}  // namespace crier::testing
