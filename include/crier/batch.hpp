// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/messenger.hpp>
#include <crier/registry.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

namespace detail {

// What makes instructions of typed payloads; defined in payload_refresher.hpp.
template <class P>
struct Payloads;

}  // namespace detail

/// Collects instructions, in order. What Batch and TransactionBatch have in common.
/// Used by one thread at a time; must not outlive the Node that made it.
/// Every call throws an invalid_argument Error for a refresher that is not registered or of the
/// wrong kind, and leaves the batch as it was. An empty list is nothing to do, for any refresher.
class CRIER_EXPORT Collector {
 public:
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

  /// Adds what the refresher's function of that name is to do, for each of the ids.
  /// @{
  void refresh(const Guid& refresher, std::int64_t id);
  void refresh(const Guid& refresher, std::span<const std::int64_t> ids);
  void refresh(const Guid& refresher, const Guid& id);
  void refresh(const Guid& refresher, std::span<const Guid> ids);
  void remove(const Guid& refresher, std::int64_t id);
  void remove(const Guid& refresher, std::span<const std::int64_t> ids);
  void refresh_all(const Guid& refresher);
  /// @}
  /// `json` is one JSON document; anything else throws an invalid_argument Error.
  void refresh_by_json(const Guid& refresher, std::string_view json);
  /// Needs <crier/payload_refresher.hpp>. The items are copied.
  template <class P>
  void refresh_by_payload(const Guid& refresher, std::span<const P> items);

  /// For caches that are set in a batch: adds what is done, in order, once the batch was committed;
  /// and takes some of it out again.
  /// @{
  void after(AfterCommit what) { publication_.after.push_back(std::move(what)); }
  void drop_after(const std::function<bool(const AfterCommit&)>& which) {
    std::erase_if(publication_.after, which);
  }
  /// @}

  /// Whether nothing was collected since it was made or written.
  [[nodiscard]] bool empty() const noexcept { return publication_.instructions.empty(); }

 protected:
  /// Both live longer than this.
  Collector(const Registry& registry, ServerMessenger& messenger)
      : registry_(&registry), messenger_(&messenger) {}
  /// Moves; what was collected goes along.
  Collector(Collector&&) = default;
  /// Moves; what was collected here is dropped.
  Collector& operator=(Collector&&) = default;
  ~Collector() = default;

  /// By which it is published.
  [[nodiscard]] ServerMessenger& messenger() const { return *messenger_; }
  /// What was collected: of equal instructions the last stays, and refresh_all absorbs what came
  /// before it for its refresher.
  const Publication& coalesced();
  /// What is done after the commit; it is no longer a part of this.
  [[nodiscard]] std::vector<AfterCommit> take_after() { return std::move(publication_.after); }
  /// Drops what was collected.
  void clear() { publication_ = {}; }

 private:
  friend class DistributedCache;
  /// The one place where an instruction joins; checks that there is a refresher, and of which kind.
  void add(Instruction instruction, std::vector<LocalCall> local = {});

  const Registry* registry_;
  ServerMessenger* messenger_;
  Publication publication_;
};

template <class P>
void Collector::refresh_by_payload(const Guid& refresher, std::span<const P> items) {
  if constexpr (requires { sizeof(detail::Payloads<P>); }) {
    using Payloads = detail::Payloads<P>;
    Payloads::check_refresher(*registry_, refresher);
    if (!items.empty()) {
      const auto copy = std::make_shared<const std::vector<P>>(items.begin(), items.end());
      add(Instruction::refresh_by_json(refresher, Payloads::text_of(*copy)),
          {Payloads::local_call(copy)});
    }
  } else {
    static_assert(sizeof(P) == 0,
                  "refresh_by_payload<P>() needs #include <crier/payload_refresher.hpp>, and "
                  "to_json() and from_json() of P");
  }
}

/// Publishes what it collects as one entry (or several, if the limits of Options ask for it, all
/// in one transaction). Dropped unless committed: then nothing runs anywhere.
class [[nodiscard]] CRIER_EXPORT Batch final : public Collector {
 public:
  /// Applications call DistributedCache::batch() instead.
  Batch(const Registry& registry, ServerMessenger& messenger) : Collector(registry, messenger) {}

  /// Coalesces, runs this node's refreshers, then publishes. Returns the id of the last entry, or
  /// nothing if the batch is empty. The batch is empty afterwards and may be used again; if
  /// publishing throws, it keeps its instructions and commit() may be tried again.
  std::optional<EntryId> commit();
};

}  // namespace crier
