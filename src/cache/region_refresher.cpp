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

// Of keys in one instruction: Options may allow no more than that.
constexpr std::size_t kMostBytes = 64 * 1024;

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
                                 const CacheLimits& limits, CacheClock clock, Reload reload,
                                 const CacheExecutor& executor, CacheErrorHandler on_failed_load)
    : id_(id),
      keys_(keys),
      cache_(std::move(name), limits, std::move(clock), executor, std::move(on_failed_load),
             text_of(keys)),
      executor_(reload ? executor : CacheExecutor()),
      state_(std::make_shared<State>()) {
  if (reload) {
    state_->reload = std::make_shared<const Reload>(std::move(reload));
  }
}

RegionRefresher::~RegionRefresher() { retire(); }

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
  cache_.retire();
}

void RegionRefresher::check_key(std::string_view key, const char* operation) const {
  check_text_key(key, cache_.name(), operation);
}

void RegionRefresher::refresh_key(std::string_view key) {
  if (executor_) {
    // At once: until it is there again nobody gets what is outdated.
    if (cache_.remove(key)) {
      load_on_executor(key);
    }
    return;
  }
  const Reloading reloading(*state_);
  if (const Reload* const reload = reloading.reload()) {
    (*reload)(cache_, key);
  } else {
    cache_.remove(key);
  }
}

// What fails here leaves the key evicted, which is as right: the next get() loads it.
void RegionRefresher::load_on_executor(std::string_view key) {
  static_cast<void>(error_of([&] {
    executor_([state = state_, cache = &cache_, key = std::string(key)] {
      const Reloading reloading(*state);
      if (const Reload* const reload = reloading.reload()) {  // else the cache may be gone, too
        static_cast<void>(error_of([&] { (*reload)(*cache, key); }));
      }
    });
  }));
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
  return *publish_changed(std::span(&key, 1));
}

std::optional<EntryId> RegionRefresher::publish_changed(std::span<const std::string_view> keys) {
  Batch batch = publisher().batch();
  add_changed(keys, batch);
  return batch.commit();
}

EntryId RegionRefresher::publish_all_changed() { return publisher().refresh_all(id_); }

void RegionRefresher::add_changed(std::span<const std::string_view> keys, Collector& batch) const {
  std::vector<std::int64_t> ids;
  nlohmann::json texts = nlohmann::json::array();
  std::size_t bytes = 0;
  for (const std::string_view key : keys) {
    switch (keys_) {
      case Keys::ids:
        ids.push_back(id_of(key));
        break;
      case Keys::guids:
        batch.refresh(id_, guid_of(key));
        break;
      case Keys::texts:
        texts.push_back(std::string(key));
        bytes += key.size();
        if (bytes >= kMostBytes) {
          batch.refresh_by_json(id_, std::exchange(texts, nlohmann::json::array()).dump());
          bytes = 0;
        }
        break;
    }
  }
  batch.refresh(id_, ids);
  if (!texts.empty()) {
    batch.refresh_by_json(id_, texts.dump());
  }
}

bool RegionRefresher::is(const FreshEnough& fresh) const {
  const DistributedCache* const cache = state_->publisher;
  return cache != nullptr && cache->is(fresh, id_);
}

void RegionRefresher::refuse_stale(std::string_view key) const {
  throw Error("get",
              "key " + text_of(keys_)(key) + " of cache " + cache_.name() +
                  " may be older here than was asked for",
              Error::Kind::retryable);
}

void RegionRefresher::add_all_changed(Collector& batch) const { batch.refresh_all(id_); }

}  // namespace crier
