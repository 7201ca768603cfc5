// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/payload_refresher.hpp>
#include <crier/region_refresher.hpp>

#include "base/error_of.hpp"
#include "cache/text.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace crier {

namespace {

std::int64_t id_of(std::string_view key) {
  std::array<char, sizeof(std::int64_t)> bytes{};
  std::copy_n(key.begin(), bytes.size(), bytes.begin());
  return std::bit_cast<std::int64_t>(bytes);
}

Guid guid_of(std::string_view key) {
  Guid::Bytes bytes{};
  std::copy_n(key.begin(), bytes.size(), bytes.begin());
  return Guid(bytes);
}

std::string json_of(std::string_view key) {
  return nlohmann::json::array({std::string(key)}).dump();
}

ObjectCache::KeyText text_of(RegionRefresher::Keys keys) {
  switch (keys) {
    case RegionRefresher::Keys::ids:
      return [](std::string_view key) { return std::to_string(id_of(key)); };
    case RegionRefresher::Keys::guids:
      return [](std::string_view key) { return guid_of(key).to_string(); };
    case RegionRefresher::Keys::texts:
      break;
  }
  return [](std::string_view key) { return std::string(key); };
}

}  // namespace

// Whom it publishes through, and who is in a call of `reload`.
struct RegionRefresher::State {
  std::atomic<DistributedCache*> publisher = nullptr;
  std::mutex mutex;  // not held while `reload` runs
  std::condition_variable returned;
  std::shared_ptr<const Reload> reload;    // guarded by mutex, as is the next; null: none
  std::vector<std::thread::id> reloading;  // who is in a call of it
};

RegionRefresher::RegionRefresher(const Guid& id, std::string name, Keys keys,
                                 const CacheLimits& limits, CacheClock clock, Reload reload)
    : id_(id),
      keys_(keys),
      cache_(std::move(name), limits, std::move(clock), text_of(keys)),
      state_(std::make_unique<State>()) {
  if (reload) {
    state_->reload = std::make_shared<const Reload>(std::move(reload));
  }
}

RegionRefresher::~RegionRefresher() = default;

// A call of `reload`, if there is one. It keeps what it calls, so that retire() may be called from
// within it.
class RegionRefresher::Reloading {
 public:
  explicit Reloading(State& state) : state_(state) {
    const std::lock_guard lock(state.mutex);
    if (state.reload != nullptr) {
      state.reloading.push_back(std::this_thread::get_id());
      reload_ = state.reload;
    }
  }
  ~Reloading() {
    if (std::exchange(reload_, nullptr) == nullptr) {
      return;
    }
    const std::lock_guard lock(state_.mutex);
    auto& running = state_.reloading;
    running.erase(std::ranges::find(running, std::this_thread::get_id()));
    state_.returned.notify_all();
  }
  Reloading(const Reloading&) = delete;
  Reloading& operator=(const Reloading&) = delete;

  [[nodiscard]] const Reload* reload() const noexcept { return reload_.get(); }

 private:
  State& state_;
  std::shared_ptr<const Reload> reload_;
};

void RegionRefresher::retire() noexcept {
  std::shared_ptr<const Reload> dropped;  // and destroyed under no lock
  {
    std::unique_lock lock(state_->mutex);
    dropped = std::exchange(state_->reload, nullptr);
    state_->returned.wait(lock, [this, self = std::this_thread::get_id()] {
      return std::ranges::all_of(state_->reloading,
                                 [self](std::thread::id id) { return id == self; });
    });
  }
  cache_.clear();
}

void RegionRefresher::check_key(std::string_view key, const char* operation) const {
  check_text_key(key, cache_.name(), operation);
}

void RegionRefresher::refresh_key(std::string_view key) {
  const Reloading reloading(*state_);
  if (const Reload* const reload = reloading.reload()) {
    (*reload)(cache_, key);
  } else {
    cache_.remove(key);
  }
}

void RegionRefresher::refresh(std::int64_t id) {
  if (keys_ == Keys::ids) {
    refresh_key(RegionKeyBytes(id).view());
  } else {
    cache_.clear();
  }
}

void RegionRefresher::refresh(const Guid& id) {
  if (keys_ == Keys::guids) {
    refresh_key(RegionKeyBytes(id).view());
  } else {
    cache_.clear();
  }
}

void RegionRefresher::remove(std::int64_t id) {
  if (keys_ == Keys::ids) {
    cache_.remove(RegionKeyBytes(id).view());
  } else {
    cache_.clear();
  }
}

void RegionRefresher::refresh_by_json(std::string_view json) {
  std::vector<std::string> keys;
  const std::string not_texts = error_of([&] {
    keys = payload_of<std::string>({id_, name(), MessageType::refresh_by_payload, json, Source()});
  });
  if (keys_ != Keys::texts || !not_texts.empty()) {
    cache_.clear();
    return;
  }
  for (const std::string& key : keys) {
    refresh_key(key);
  }
}

void RegionRefresher::attach(DistributedCache& cache) {
  DistributedCache* none = nullptr;
  if (!state_->publisher.compare_exchange_strong(none, &cache)) {
    throw Error("start",
                "region " + cache_.name() +
                    " belongs to another node already: each node has regions of its own",
                Error::Kind::invalid_argument);
  }
}

void RegionRefresher::detach() noexcept { state_->publisher = nullptr; }

DistributedCache& RegionRefresher::publisher() const {
  DistributedCache* const cache = state_->publisher;
  if (cache == nullptr) {
    throw Error("publish", "region " + cache_.name() +
                               " belongs to no node: make a Node with the registry that it is in");
  }
  return *cache;
}

EntryId RegionRefresher::publish_changed(std::string_view key) {
  switch (keys_) {
    case Keys::ids:
      return publisher().refresh(id_, id_of(key));
    case Keys::guids:
      return publisher().refresh(id_, guid_of(key));
    case Keys::texts:
      break;
  }
  return publisher().refresh_by_json(id_, json_of(key));
}

EntryId RegionRefresher::publish_all_changed() { return publisher().refresh_all(id_); }

void RegionRefresher::add_changed(std::string_view key, Collector& batch) const {
  switch (keys_) {
    case Keys::ids:
      batch.refresh(id_, id_of(key));
      break;
    case Keys::guids:
      batch.refresh(id_, guid_of(key));
      break;
    case Keys::texts:
      batch.refresh_by_json(id_, json_of(key));
      break;
  }
}

void RegionRefresher::add_all_changed(Collector& batch) const { batch.refresh_all(id_); }

}  // namespace crier
