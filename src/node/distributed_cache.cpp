// SPDX-License-Identifier: MIT
#include <crier/distributed_cache.hpp>

#include "base/duration.hpp"
#include "base/error_of.hpp"
#include "base/uncommitted.hpp"
#include "store/application_transaction.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace crier {

namespace {

// A batch of one call. Nothing if the call had nothing to do.
template <class Add>
std::optional<EntryId> publish(Batch batch, Add add) {
  add(batch);
  return batch.commit();
}

}  // namespace

EntryId DistributedCache::refresh(const Guid& refresher, std::int64_t id) {
  return *publish(batch(), [&](Batch& b) { b.refresh(refresher, id); });
}

std::optional<EntryId> DistributedCache::refresh(const Guid& refresher,
                                                 std::span<const std::int64_t> ids) {
  return publish(batch(), [&](Batch& b) { b.refresh(refresher, ids); });
}

std::optional<EntryId> DistributedCache::refresh(const Guid& refresher,
                                                 std::initializer_list<std::int64_t> ids) {
  return refresh(refresher, std::span<const std::int64_t>(ids.begin(), ids.size()));
}

EntryId DistributedCache::refresh(const Guid& refresher, const Guid& id) {
  return *publish(batch(), [&](Batch& b) { b.refresh(refresher, id); });
}

std::optional<EntryId> DistributedCache::refresh(const Guid& refresher, std::span<const Guid> ids) {
  return publish(batch(), [&](Batch& b) { b.refresh(refresher, ids); });
}

EntryId DistributedCache::remove(const Guid& refresher, std::int64_t id) {
  return *publish(batch(), [&](Batch& b) { b.remove(refresher, id); });
}

std::optional<EntryId> DistributedCache::remove(const Guid& refresher,
                                                std::span<const std::int64_t> ids) {
  return publish(batch(), [&](Batch& b) { b.remove(refresher, ids); });
}

std::optional<EntryId> DistributedCache::remove(const Guid& refresher,
                                                std::initializer_list<std::int64_t> ids) {
  return remove(refresher, std::span<const std::int64_t>(ids.begin(), ids.size()));
}

EntryId DistributedCache::refresh_all(const Guid& refresher) {
  return *publish(batch(), [&](Batch& b) { b.refresh_all(refresher); });
}

EntryId DistributedCache::refresh_by_json(const Guid& refresher, std::string_view json) {
  return *publish(batch(), [&](Batch& b) { b.refresh_by_json(refresher, json); });
}

bool DistributedCache::is(const FreshEnough& fresh, const Guid& refresher) const {
  if (fresh.age && fresh.age->count() <= 0) {
    throw Error("get",
                "the age that a cached value may have is " + duration_text(*fresh.age) +
                    "; it must be above 0",
                Error::Kind::invalid_argument);
  }
  try {
    const ServerMessenger::Standing standing =
        messenger_.standing(refresher, fresh.entry.value_or(EntryId{}));
    return (!fresh.entry || standing.has_entry) &&
           (!fresh.age || standing.asked_at - standing.proved_at <= *fresh.age);
  } catch (const Error&) {  // it does not run
    return false;
  }
}

Committed DistributedCache::run_transaction(ApplicationConnection connection,
                                            const std::function<void(Collector&)>& change) {
  const std::unique_ptr<OwnedTransaction> transaction = begin_transaction(connection);
  TransactionBatch batch(registry_, messenger_, connection);
  {
    const Uncommitted here;
    change(batch);
  }
  transaction->check();
  batch.write();
  transaction->commit();
  Committed result;
  result.trouble = error_of([&] { result.entry = batch.committed(); });
  return result;
}

}  // namespace crier
