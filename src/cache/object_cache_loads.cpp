// SPDX-License-Identifier: MIT
// How an ObjectCache finds objects, and loads those that it does not have.
#include <crier/error.hpp>

#include "base/uncommitted.hpp"
#include "cache/object_cache_loading.hpp"
#include "cache/text.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <unordered_map>
#include <utility>

namespace crier {

namespace {

constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;

}  // namespace

std::optional<ObjectCache::Object> ObjectCache::find(std::string_view key, const CacheType& type,
                                                     Miss miss) {
  const KeyView view = Impl::view(key);
  const bool counts = miss == Miss::counted;
  std::optional<Shard::Hit> hit =
      impl_->shard(view).find(view, counts, counts ? Shard::Due::served : Shard::Due::missed);
  if (!hit) {
    return std::nullopt;
  }
  return hit->type == &type && !hit->is_loading ? std::move(hit->object)
                                                : impl_->checked(std::move(*hit), view, type);
}

bool ObjectCache::with(std::string_view key, const CacheType& type, Use use, void* context) {
  const KeyView view = Impl::view(key);
  {
    const Shard::PinnedObject pinned = impl_->shard(view).pin(view);
    if (const CachedObject* const entry = pinned.entry()) {
      if (entry->type != &type) {
        check_type(*entry->type, type, impl_->text(key), name_);
      }
      if (entry->object != nullptr) {
        use(context, entry->object.get());
      }
      return entry->object != nullptr;
    }
  }
  const Object object = find(key, type).value_or(nullptr);
  if (object != nullptr) {
    use(context, object.get());
  }
  return object != nullptr;
}

std::optional<ObjectCache::Object> ObjectCache::find_made_within(std::string_view key,
                                                                 const CacheType& type,
                                                                 std::chrono::milliseconds age) {
  const KeyView view = Impl::view(key);
  std::optional<Shard::Hit> hit = impl_->shard(view).find(view, false);
  if (!hit || (impl_->time() - hit->made_at) / kNanosecondsPerMillisecond > age.count()) {
    return std::nullopt;
  }
  check_type(*hit->type, type, impl_->text(key), name_);
  return std::move(hit->object);
}

bool ObjectCache::holds(std::string_view key) const {
  const KeyView view = Impl::view(key);
  return impl_->shard(view).holds(view);
}

bool ObjectCache::may_use_executor(const KeepFor& keep) const noexcept {
  return impl_->executor() && (keep.refresh_ahead || keep.soft_timeout);
}

ObjectCache::Object ObjectCache::get(std::string_view key, const CacheType& type, const Load& load,
                                     const KeepFor& keep, On on) {
  Loading loading(impl_, type, keep);
  const KeyView view = Impl::view(key);
  Shard& shard = impl_->shard(view);
  const std::string text = impl_->text(key);
  RunningLoad::refuse_own(impl_.get(), key, text, name_);
  if (Uncommitted::here()) {
    std::optional<Shard::Hit> hit = shard.find(view, false);
    return hit ? impl_->checked(std::move(*hit), view, type)
               : loading.run_apart(view, std::nullopt, load);
  }
  using Ahead = Shard::Own::Ahead;
  const bool later = on == On::executor_too && impl_->executor();
  Shard::Joined joined =
      shard.join(view, type, {later ? Ahead::later : Ahead::here, later && keep.soft_timeout});
  if (joined.hit) {
    return joined.own ? loading.refresh(view, std::move(joined), load)
                      : impl_->checked(std::move(*joined.hit), view, type);
  }
  if (!joined.own) {
    return loading.wait(view, std::move(joined.flight), load);
  }
  return joined.later ? loading.run_later(view, joined.flight, load)
                      : loading.run(view, joined.flight, load);
}

ObjectCache::Object ObjectCache::get_anew(std::string_view key, const CacheType& type,
                                          const Load& load, const KeepFor& keep) {
  const KeyView view = Impl::view(key);
  const std::optional<CacheStamp> stamp =
      Uncommitted::here() ? std::nullopt : std::optional(impl_->shard(view).stamp(view));
  return Loading(impl_, type, keep).run_apart(view, stamp, load);
}

namespace {

// Loads that run together: each is within the one before.
class RunningLoads {
 public:
  RunningLoads() = default;
  ~RunningLoads() {
    while (!loads_.empty()) {
      loads_.pop_back();
    }
  }
  RunningLoads(const RunningLoads&) = delete;
  RunningLoads& operator=(const RunningLoads&) = delete;

  void add(const void* cache, std::string_view key, std::string_view text, std::string_view name) {
    loads_.emplace_back(cache, key, text, name);
  }

 private:
  std::deque<RunningLoad> loads_;
};

}  // namespace

std::vector<ObjectCache::Object> ObjectCache::get_many(std::span<const std::string_view> keys,
                                                       const CacheType& type, const LoadMany& load,
                                                       const KeepFor& keep) {
  using Flights = std::vector<std::pair<std::size_t, std::shared_ptr<Flight>>>;
  Loading loading(impl_, type, keep);
  const auto load_all = [&](std::span<const std::size_t> places) {
    std::vector<CacheObject> made = load(places);
    if (made.size() != places.size()) {
      throw Error("load",
                  "the loader of cache " + name_ + " was asked for " +
                      std::to_string(places.size()) + " keys, and gave " +
                      std::to_string(made.size()) + " values",
                  Error::Kind::invalid_argument);
    }
    return made;
  };
  std::vector<Object> objects(keys.size());
  std::unordered_map<std::string_view, std::size_t> first;  // the place of each key
  std::vector<std::size_t> missing;
  Flights own;
  Flights others;
  const bool is_apart = Uncommitted::here();
  bool is_loading = false;
  // For all that could not be loaded.
  const auto find_stale = [&](std::size_t place) {
    std::optional<Object> old = loading.find_stale(Impl::view(keys[place]), Shard::Why::error);
    objects[place] = std::move(old).value_or(nullptr);
    return old.has_value();
  };
  try {
    for (std::size_t place = 0; place < keys.size(); ++place) {
      const std::string_view key = keys[place];
      if (!first.emplace(key, place).second) {
        continue;
      }
      const KeyView view = Impl::view(key);
      if (std::optional<Shard::Hit> hit = impl_->shard(view).find(view, is_apart)) {
        objects[place] = impl_->checked(std::move(*hit), view, type);
        continue;
      }
      RunningLoad::refuse_own(impl_.get(), key, impl_->text(key), name_);
      if (is_apart) {
        missing.push_back(place);
        continue;
      }
      Shard::Joined joined = impl_->shard(view).join(view, type, {});
      if (joined.hit) {
        objects[place] = impl_->checked(std::move(*joined.hit), view, type);
      } else if (joined.own) {
        own.emplace_back(place, std::move(joined.flight));
        missing.push_back(place);
      } else {
        others.emplace_back(place, std::move(joined.flight));
      }
    }
    if (!missing.empty()) {
      RunningLoads running;
      for (const std::size_t place : missing) {
        running.add(impl_.get(), keys[place], impl_->text(keys[place]), name_);
      }
      is_loading = true;
      std::vector<CacheObject> made = load_all(missing);
      is_loading = false;
      for (std::size_t i = 0; i < missing.size(); ++i) {
        objects[missing[i]] = made[i].object;
      }
      for (std::size_t i = 0; i < own.size(); ++i) {
        const Flight& flight = *own[i].second;
        impl_->store(Impl::view(keys[own[i].first]), type, std::move(made[i]), keep, flight.stamp(),
                     flight.begun());
      }
    }
  } catch (...) {
    for (const auto& [place, flight] : own) {
      loading.end(Impl::view(keys[place]), flight, nullptr, std::current_exception());
    }
    if (!is_loading || is_apart || !std::ranges::all_of(missing, find_stale)) {
      throw;
    }
    for (const auto& [place, flight] : own) {
      loading.tell(Impl::view(keys[place]), std::current_exception());
    }
    own.clear();
  }
  for (const auto& [place, flight] : own) {
    loading.end(Impl::view(keys[place]), flight, objects[place], nullptr);
  }
  // Last: who waits for this call's loads, and has loads that this one waits for, goes on.
  for (auto& [place, flight] : others) {
    objects[place] = loading.wait(Impl::view(keys[place]), std::move(flight),
                                  [&, at = place] { return load_all(std::span(&at, 1)).front(); });
  }
  for (std::size_t place = 0; place < keys.size(); ++place) {
    objects[place] = objects[first.at(keys[place])];
  }
  return objects;
}

}  // namespace crier
