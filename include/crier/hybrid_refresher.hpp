// SPDX-License-Identifier: MIT
#pragma once

// The parts of a HybridCache that know no types.

#include <crier/distributed_cache.hpp>
#include <crier/export.hpp>
#include <crier/guid.hpp>
#include <crier/refresher.hpp>
#include <crier/shared_cache.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier {

/// Evicts what the instructions of its GUID name: a JSON array of {"key":"…"} and {"tag":"…"}.
/// Anything else clears. Thread-safe.
class CRIER_EXPORT HybridRefresher final : public JsonCacheRefresher, public PublishingRefresher {
 public:
  /// What is done to this node's half.
  struct Local {
    std::function<void(const std::string& key)> evict;
    std::function<void(const std::string& tag)> evict_tagged;
    std::function<void()> clear;
  };

  HybridRefresher(const Guid& id, std::string name, Local local);
  ~HybridRefresher() override;

  /// Evicts here, and tells the other nodes. Throws crier::Error if it belongs to no node.
  EntryId publish_key(std::string_view key);
  EntryId publish_tag(std::string_view tag);

  [[nodiscard]] Guid id() const override { return id_; }
  [[nodiscard]] std::string_view name() const override { return name_; }
  void refresh_all() override { local_.clear(); }
  void refresh(std::int64_t) override { local_.clear(); }
  void refresh(const Guid&) override { local_.clear(); }
  void remove(std::int64_t) override { local_.clear(); }
  void refresh_by_json(std::string_view json) override;

  void attach(DistributedCache& cache) override;
  void detach() noexcept override;

 private:
  struct State;
  EntryId publish(const char* what, std::string_view text);

  const Guid id_;
  const std::string name_;
  const Local local_;
  const std::unique_ptr<State> state_;
};

/// The shared half: entries that bear tags. Each tag has a mark, which is replaced when what bears
/// it is removed: an entry whose tags have other marks than when it was made is no longer there.
/// Thread-safe; throws what the SharedCache does.
class CRIER_EXPORT TaggedEntries {
 public:
  using Marks = std::vector<std::pair<std::string, std::string>>;  ///< of tags
  struct Found {
    std::optional<std::string> data;
    std::vector<std::string> tags;
    SharedStamp stamp;  ///< for fill(), if there is no data
  };

  /// `shared` may be null: then nothing is ever there. Throws an invalid_argument Error if the
  /// name has a '/' or a '#': what belongs to two names could not be told apart.
  TaggedEntries(std::shared_ptr<SharedCache> shared, std::string name);

  /// What is there is of no use if a tag has another mark by now, or `takes` does not take the
  /// data: it is removed, unless another one has been set meanwhile, which is looked at then.
  [[nodiscard]] Found read(std::string_view key,
                           const std::function<bool(const std::string& data)>& takes);
  /// The marks that the tags have now, made if they have none: taken before the data is.
  [[nodiscard]] Marks marks_of(const std::vector<std::string>& tags);
  /// As SharedCache::add() and set().
  bool fill(std::string_view key, std::string_view data, const Marks& marks,
            const SharedStamp& miss, const SharedExpiry& expiry);
  void set(std::string_view key, std::string_view data, const Marks& marks,
           const SharedExpiry& expiry);
  void remove(std::string_view key);
  void remove_by_tag(std::string_view tag);

 private:
  [[nodiscard]] std::string entry(std::string_view key) const;
  [[nodiscard]] std::string mark(std::string_view tag) const;
  [[nodiscard]] bool stand(const Marks& marks);

  const std::shared_ptr<SharedCache> shared_;
  const std::string name_;
};

}  // namespace crier
