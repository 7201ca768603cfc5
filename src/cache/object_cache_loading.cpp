// SPDX-License-Identifier: MIT
// What a call does that loads: on its thread, on an executor, or with what has expired.
#include "cache/object_cache_loading.hpp"

#include <crier/error.hpp>

#include "base/deadline.hpp"
#include "base/duration.hpp"
#include "cache/text.hpp"

#include <algorithm>

namespace crier {

ObjectCache::Loading::Ran ObjectCache::Loading::run_flight(KeyView key,
                                                           const std::shared_ptr<Flight>& flight,
                                                           const Load& load) {
  CacheObject made;
  std::exception_ptr error;
  try {
    const RunningLoad running(&impl_, key.text, impl_.text(key.text), impl_.name());
    made = load();
    impl_.store(key, type_, made, keep_, flight->stamp(), flight->begun());
  } catch (...) {
    error = std::current_exception();
  }
  end(key, flight, made.object, error);
  return {std::move(made.object), std::move(error)};
}

void ObjectCache::Loading::end(KeyView key, const std::shared_ptr<Flight>& flight,
                               const Object& object, const std::exception_ptr& error) {
  Shard& shard = impl_.shard(key);
  shard.leave(key, flight);
  flight->finish(object, error);
  if (error != nullptr) {
    shard.count_failed_load();
  }
}

std::optional<ObjectCache::Object> ObjectCache::Loading::find_stale(KeyView key, Shard::Why why) {
  if (!keep_.stale_if_error) {
    return std::nullopt;
  }
  std::optional<Shard::Hit> hit = impl_.shard(key).find_stale(key, *keep_.stale_if_error, why);
  if (!hit) {
    return std::nullopt;
  }
  check_type(*hit->type, type_, impl_.text(key.text), impl_.name());
  return std::move(hit->object);
}

ObjectCache::Object ObjectCache::Loading::run(KeyView key, const std::shared_ptr<Flight>& flight,
                                              const Load& load) {
  Ran ran = run_flight(key, flight, load);
  if (ran.error == nullptr) {
    return std::move(ran.object);
  }
  if (std::optional<Object> old = find_stale(key, Shard::Why::error)) {
    tell(key, ran.error);
    return std::move(*old);
  }
  std::rethrow_exception(ran.error);
}

std::exception_ptr ObjectCache::Loading::hand_over(KeyView key,
                                                   const std::shared_ptr<Flight>& flight,
                                                   const Load& load) {
  const auto later = std::make_shared<Later>(shared_, key, type_, keep_, load, flight);
  try {
    impl_.executor()([later] { later->run(); });
  } catch (...) {
    return flight->claim() ? std::current_exception() : nullptr;
  }
  return nullptr;
}

ObjectCache::Object ObjectCache::Loading::run_later(KeyView key,
                                                    const std::shared_ptr<Flight>& flight,
                                                    const Load& load) {
  return hand_over(key, flight, load) == nullptr ? wait(key, flight, load, std::nullopt)
                                                 : run(key, flight, load);
}

ObjectCache::Object ObjectCache::Loading::refresh(KeyView key, Shard::Joined joined,
                                                  const Load& load) {
  Object& old = joined.hit->object;
  if (joined.later) {
    if (const std::exception_ptr error = hand_over(key, joined.flight, load)) {
      end(key, joined.flight, nullptr, error);
      tell(key, error);
    }
    return std::move(old);
  }
  Ran ran = run_flight(key, joined.flight, load);
  if (ran.error != nullptr) {
    tell(key, ran.error);
    return std::move(old);
  }
  return std::move(ran.object);
}

ObjectCache::Object ObjectCache::Loading::wait(KeyView key, std::shared_ptr<Flight> flight,
                                               const Load& load,
                                               std::optional<std::chrono::milliseconds> patience) {
  const std::string text = impl_.text(key.text);
  while (true) {
    check_type(flight->type(), type_, text, impl_.name());
    const std::optional<Flight::Time> give_up =
        patience ? std::optional(deadline_after(*patience)) : std::nullopt;
    bool has_ended = false;
    if (keep_.soft_timeout) {
      const Flight::Time soft = flight->made_at() + bounded(*keep_.soft_timeout);
      has_ended = flight->wait(text, impl_.name(), std::min(soft, give_up.value_or(soft)));
      if (!has_ended && soft <= give_up.value_or(soft)) {
        if (std::optional<Object> old = find_stale(key, Shard::Why::timeout)) {
          return std::move(*old);
        }
      }
    }
    // What an executor has yet to begin is not waited for: it may wait for this thread.
    if (!has_ended && flight->claim()) {
      return run(key, flight, load);
    }
    if (has_ended || flight->wait(text, impl_.name(), give_up)) {
      try {
        return flight->result();
      } catch (...) {
        if (std::optional<Object> old = find_stale(key, Shard::Why::error)) {
          return std::move(*old);
        }
        throw;
      }
    }
    impl_.shard(key).count_wait_given_up();
    if (!keep_.then_load) {
      throw Error("load",
                  "key " + text + " of cache " + impl_.name() +
                      " is being loaded by another call, which has not ended in " +
                      duration_text(*patience),
                  Error::Kind::retryable);
    }
    Shard::Joined joined = impl_.shard(key).join(key, type_, {}, flight.get());
    if (joined.hit) {
      check_type(*joined.hit->type, type_, text, impl_.name());
      return std::move(joined.hit->object);
    }
    if (joined.own) {
      return run(key, joined.flight, load);
    }
    flight = std::move(joined.flight);
  }
}

ObjectCache::Object ObjectCache::Loading::run_apart(KeyView key, std::optional<CacheStamp> stamp,
                                                    const Load& load) {
  Shard& shard = impl_.shard(key);
  const RunningLoad running(&impl_, key.text, impl_.text(key.text), impl_.name());
  const std::int64_t begun = impl_.time();
  shard.begin_load_apart();
  try {
    CacheObject made = load();
    if (stamp) {
      impl_.store(key, type_, made, keep_, stamp, begun);
    }
    shard.end_load_apart();
    return std::move(made.object);
  } catch (...) {
    shard.end_load_apart();
    shard.count_failed_load();
    throw;
  }
}

template <class Call>
void ObjectCache::Later::if_claimed(Call call) {
  const std::shared_ptr<Impl> impl = impl_.lock();
  if (impl == nullptr) {
    return;
  }
  const ExecutorCalls::Call allowed(impl->calls());
  if (allowed.is_allowed() && flight_->claim()) {
    call(Loading(impl, type_, keep_), Impl::view(key_));
  }
}

ObjectCache::Later::~Later() {
  if_claimed([&](Loading loading, KeyView key) {
    const auto error = std::make_exception_ptr(
        Error("load", "the executor has dropped the load of a key, and not run it"));
    loading.end(key, flight_, nullptr, error);
    loading.tell(key, error);
  });
}

void ObjectCache::Later::run() {
  if_claimed([&](Loading loading, KeyView key) {
    if (const std::exception_ptr error = loading.run_flight(key, flight_, load_).error) {
      loading.tell(key, error);
    }
  });
}

}  // namespace crier
