// SPDX-License-Identifier: MIT
#pragma once

// The part of a HybridCache that knows no types.

#include <crier/distributed_cache.hpp>
#include <crier/error.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/log_follower.hpp>
#include <crier/object_cache.hpp>
#include <crier/refresher.hpp>
#include <crier/registry.hpp>
#include <crier/shared_cache.hpp>
#include <crier/shared_half.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

/// How the shared half is used, as HybridOptions has it.
struct HybridSharing {
  std::string version = {};
  std::optional<std::chrono::milliseconds> one_load = {};
};

/// Evicts what the instructions of its GUID name, and keeps the shared half to the rule of
/// spec/hybrid.pml. An id or a GUID is the key of that text; JSON is an array of {"key":"…"} and
/// {"tag":"…"}; anything else concerns all. Thread-safe.
class CRIER_EXPORT HybridRefresher final : public JsonCacheRefresher,
                                           public PublishingRefresher,
                                           public LogFollower {
 public:
  static constexpr std::size_t kMostTags = 64;

  /// What is done to this node's half, and who hears of what fails in the shared one, and throws
  /// nothing.
  struct Local {
    std::function<void(const std::string& key)> evict;
    std::function<void(const std::string& tag)> evict_tagged;
    std::function<void()> clear;
    std::function<void(const Error&)> trouble;
    CacheClock clock = {};  ///< for tests
  };

  /// `shared` may be null. Throws an invalid_argument Error if the name or the sharing is none that
  /// HybridCache takes, or `shared` can't keep a record.
  HybridRefresher(const Guid& id, std::string name, std::shared_ptr<SharedCache> shared,
                  Local local, const HybridSharing& sharing = {});
  ~HybridRefresher() override;

  /// Throws an invalid_argument Error if another hybrid cache of this name is in there.
  void check_name(const Registry& registry) const;
  /// Throw an invalid_argument Error of `operation` for what a HybridCache refuses. The second
  /// returns the expiry with the default if none is given.
  void check_key(const char* operation, std::string_view key) const;
  void check_tag(const char* operation, std::string_view tag) const;
  [[nodiscard]] SharedExpiry check_entry(const char* operation, const SharedExpiry& expiry,
                                         const std::vector<std::string>& tags) const;
  /// Throws an invalid_argument Error if a loader gave another number of values than it was to.
  void check_number(std::size_t asked, std::size_t given) const;

  /// Throw crier::Error if it belongs to no node.
  EntryId publish_key(std::string_view key);
  EntryId publish_tag(std::string_view tag);
  EntryId publish_all();
  /// As part of a batch; what was set there before and is removed by this is not stored.
  void add_key(std::string_view key, Collector& batch) const;
  void add_tag(std::string_view tag, Collector& batch) const;
  void add_all(Collector& batch) const;

  /// Where this node is when a value begins to be made. A plain value.
  struct Start {
    std::uint64_t epoch = 0;  ///< 0: no log is followed
    LogAccess::Place place;
  };
  [[nodiscard]] Start begin() const;
  /// What a read has seen of the record, for the key and the tags that were asked for.
  struct Seen {
    HybridRecord record;
    EntryId newest_mark;
  };
  /// A value that may be served, or none.
  struct Found {
    std::optional<std::string> data;
    std::vector<std::string> tags;
    std::optional<std::chrono::milliseconds> left;  ///< until it expires; nothing: never
    std::optional<std::chrono::milliseconds> sliding;
    Seen seen;  ///< for fill()
  };
  /// What is to be read: a key, and the tags that its value is expected to bear. Refers to both.
  struct Wanted {
    std::string_view key;
    std::span<const std::string> tags;
  };
  /// Whether the data of the value at `place` of those that are wanted is of use.
  using Takes = std::function<bool(std::size_t place, const std::string& data)>;
  /// For each of `wanted`, in their order: all are asked for together, and each is judged by
  /// itself. No key comes twice. What is not found `again` is not counted.
  [[nodiscard]] std::vector<Found> read(std::span<const Wanted> wanted, const Takes& takes,
                                        bool again = false);
  /// The same for one, at place 0.
  [[nodiscard]] Found read(const Wanted& wanted, const Takes& takes, bool again = false);
  /// The right to make a value that was not found, given back when the result goes: waits for it,
  /// if HybridSharing says so, as long as another node has it. Null if it can't be had, or is not
  /// asked for, or there is no need: `look` is called when it is free, and has found the value.
  [[nodiscard]] std::shared_ptr<void> lease(const std::string& key,
                                            const std::function<bool()>& look);
  /// A value for the shared half.
  struct Fill {
    Start start;  ///< as of before it was made
    std::string key;
    std::vector<std::string> tags;
    std::string data;
    SharedExpiry expiry;              ///< as check_entry() gives it
    std::optional<Seen> seen = {};    ///< if it was, for this key and these tags
    std::optional<EntryId> set = {};  ///< the entry that has set it; nothing: a factory's
  };
  void fill(const Fill& fill);
  /// The same with the data that `encode` gives, if it is asked for. What that throws is a fill
  /// that failed.
  void fill_with(const std::function<std::string()>& encode, Fill fill);
  /// Throws an invalid_argument Error if the shared half would refuse the value.
  void check_size(const Fill& fill) const;
  /// Before something is published that is to be stored. Writes to the shared half: not within a
  /// transaction of the application's, whose lock it may wait for.
  void prepare_set() const;
  /// `store` is called once the batch has been committed, with the entry that has set it.
  void add_set(Fill fill, Collector& batch,
               std::function<void(const Fill& fill, EntryId id)> store) const;
  [[nodiscard]] bool has_shared() const noexcept;
  /// Whether one of these was invalidated after this entry, as far as is known here.
  [[nodiscard]] bool is_invalidated(const std::string& key, const std::vector<std::string>& tags,
                                    EntryId after) const;

  /// Whether an entry that this node had yet to apply at `start` invalidates it, or a full refresh
  /// was under way then: what it is made of may have been refreshed since, though its own eviction
  /// was over before it was made.
  [[nodiscard]] bool is_outdated(const Start& start, const std::string& key,
                                 const std::vector<std::string>& tags) const;

  struct Counts {
    std::uint64_t shared_hits = 0;
    std::uint64_t shared_misses = 0;
    std::uint64_t failed_reads = 0;
    std::uint64_t failed_fills = 0;
    std::uint64_t refused_fills = 0;
    std::uint64_t waits_for_nodes = 0;
    std::uint64_t swept = 0;
  };
  [[nodiscard]] Counts counts() const;

  [[nodiscard]] Guid id() const override { return id_; }
  [[nodiscard]] std::string_view name() const override { return name_; }
  void refresh_all() override { local_.clear(); }
  void refresh(std::int64_t id) override;
  void refresh(const Guid& id) override;
  void remove(std::int64_t id) override { refresh(id); }
  void refresh_by_json(std::string_view json) override;

  void attach(DistributedCache& cache) override;
  void detach() noexcept override;

  void follow(std::shared_ptr<LogAccess> log) override;
  void stay_alone() const override;
  void restart(const Cursor& place, std::uint64_t resets) override;
  void begin(const Cursor& entry, const Decoded& says) override;
  void pass_own(const Decoded& says) override;
  void published(EntryId last, std::span<const Instruction> says) noexcept override;
  [[nodiscard]] bool shares() const noexcept override { return has_shared(); }
  [[nodiscard]] bool sweep() noexcept override;

 private:
  struct State;
  [[nodiscard]] DistributedCache& publisher() const;
  [[nodiscard]] SharedExpiry used(const SharedExpiry& expiry) const;
  void run(const Instruction& instruction);

  const Guid id_;
  const std::string name_;
  const Local local_;
  const std::unique_ptr<State> state_;
};

}  // namespace crier
