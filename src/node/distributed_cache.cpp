// SPDX-License-Identifier: MIT
#include <crier/distributed_cache.hpp>

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

}  // namespace crier
