// SPDX-License-Identifier: MIT
#include <crier/admin/identity.hpp>
#include <crier/admin/store.hpp>
#include <crier/error.hpp>
#include <crier/node.hpp>

#include "base/fork_guard.hpp"
#include "node/check_options.hpp"
#include "node/core.hpp"
#include "node/health.hpp"
#include "node/messenger_proxy.hpp"
#include "node/node_runtime.hpp"
#include "node/publisher_bindings.hpp"
#include "node/settings.hpp"
#include "node/shared_cache_proxy.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace crier {

class Node::Impl {
 public:
  Impl(Options checked, Registry refreshers)
      : core(std::make_shared<Core>(std::move(checked), std::move(refreshers))),
        name(core->options.node_name.empty()
                 ? Identity::of_this_process(core->options.application).stable_name()
                 : core->options.node_name),
        cache(core->registry, slot),
        shared_cache_proxy(fork_guard, core->options.store.empty()
                                           ? std::string()
                                           : store_of(core->options)->name()),
        attachments(core->registry, cache) {}

  ~Impl() {
    stop();
    state.wait(State::stopping);  // by a refresher, perhaps
    // A thread that was left to itself finds nothing more to call.
    core->dispatcher.close();
    core->reporter.mute();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    fork_guard.refuse_child("start");
    if (state != State::stopped) {
      throw Error("start", "node " + name + " runs already");
    }
    const auto next = std::make_shared<NodeRuntime>(core, name);
    {
      const std::lock_guard lock(mutex);
      incarnation = next;
    }
    // Before the caches are filled: refreshers and the application may publish meanwhile.
    slot.set({next, &next->messenger()});
    shared_cache_proxy.set_cache(next->shared_cache());
    try {
      next->run();
    } catch (...) {
      leave();
      throw;
    }
    state = State::running;
  }

  void stop() noexcept {
    State running = State::running;
    if (state.compare_exchange_strong(running, State::stopping)) {
      leave();
      state = State::stopped;
      state.notify_all();
    }
  }

  // Its connections close with it: now, or with the last publish that is under way.
  void leave() noexcept {
    slot.set(nullptr);
    shared_cache_proxy.set_cache(nullptr);
    std::shared_ptr<NodeRuntime> ended;
    {
      const std::lock_guard lock(mutex);
      ended = incarnation;
    }
    ended->stop();
    const std::lock_guard lock(mutex);
    last_position = ended->position().entry();
    originated = ended->originated();
    incarnation.reset();
  }

  // The incarnation that runs, kept alive by the caller; null if none does.
  std::shared_ptr<NodeRuntime> current() {
    const std::lock_guard lock(mutex);
    return incarnation;
  }

  Freshness freshness() {
    if (const std::shared_ptr<NodeRuntime> running_one = current()) {
      return running_one->freshness();
    }
    Freshness freshness;
    {
      const std::lock_guard lock(mutex);
      freshness.applied_through = last_position;
      freshness.proved_at = core->last_proof;
    }
    freshness.age =
        std::chrono::duration_cast<std::chrono::milliseconds>(core->now() - freshness.proved_at);
    freshness.troubles = core->dispatcher.troubles();
    return freshness;
  }

  EntryId position() {
    const std::lock_guard lock(mutex);
    return incarnation == nullptr ? last_position : incarnation->position().entry();
  }

  std::shared_ptr<NodeRuntime> require_current(const char* operation) {
    fork_guard.refuse_child(operation);
    std::shared_ptr<NodeRuntime> running_one = current();
    if (running_one == nullptr) {
      throw Error(operation, "the node " + name + " does not run");
    }
    return running_one;
  }

  const ForkGuard fork_guard;
  const std::shared_ptr<Core> core;
  const std::string name;
  MessengerProxy slot{fork_guard};
  DistributedCache cache;
  SharedCacheProxy shared_cache_proxy;
  const PublisherBindings attachments;
  enum class State { stopped, running, stopping };
  std::atomic<State> state = State::stopped;

  std::mutex mutex;
  std::string originated;  // of the last incarnation; guarded by mutex, as are those below
  EntryId last_position;
  std::shared_ptr<NodeRuntime> incarnation;  // null unless running
};

Node::Node(Options options, Registry refreshers) {
  check_options(options);
  check_stale_policies(refreshers, options);
  impl_ = std::make_unique<Impl>(std::move(options), std::move(refreshers));
}

Node::~Node() {
  if (impl_->fork_guard.is_child()) {
    // Its threads are not here to be joined, and its connections are the parent's.
    static_cast<void>(impl_.release());  // NOLINT(bugprone-unused-return-value)
  }
}

void Node::start() { impl_->start(); }

void Node::stop() noexcept {
  if (!impl_->fork_guard.is_child()) {
    impl_->stop();
  }
}

bool Node::running() const noexcept {
  return !impl_->fork_guard.is_child() && impl_->state != Impl::State::stopped;
}

DistributedCache& Node::cache() noexcept { return impl_->cache; }

SharedCache& Node::shared_cache() noexcept { return impl_->shared_cache_proxy; }

Subscription Node::on_cache_updated(CacheUpdatedHandler handler) {
  impl_->fork_guard.refuse_child("subscribe");
  return impl_->core->notifier.subscribe(std::move(handler));
}

const std::string& Node::name() const noexcept { return impl_->name; }

std::string Node::originated() const {
  impl_->fork_guard.refuse_child("name the origin");
  const std::lock_guard lock(impl_->mutex);
  return impl_->incarnation == nullptr ? impl_->originated : impl_->incarnation->originated();
}

EntryId Node::position() const noexcept {
  return impl_->fork_guard.is_child() ? EntryId() : impl_->position();
}

WaitApplied Node::wait_applied(EntryId entry, std::chrono::milliseconds timeout,
                               const std::vector<Guid>& refreshers) const {
  impl_->fork_guard.refuse_child("wait");
  if (const std::shared_ptr<NodeRuntime> running_one = impl_->current()) {
    return {running_one->wait_applied(entry, timeout, refreshers)};
  }
  return {impl_->position() >= entry ? WaitEnd::applied : WaitEnd::stopped};
}

void Node::on_applied(EntryId entry, std::chrono::milliseconds timeout, WaitHandler then,
                      const std::vector<Guid>& refreshers) {
  impl_->require_current("wait")->on_applied(entry, timeout, std::move(then), refreshers);
}

WaitResult Node::wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const {
  return impl_->require_current("wait")->wait_everywhere(entry, timeout);
}

std::vector<NodeRecord> Node::nodes() const {
  return impl_->require_current("list the nodes")->nodes();
}

Role Node::role() const noexcept {
  if (impl_->fork_guard.is_child()) {
    return Role::unknown;
  }
  const std::shared_ptr<NodeRuntime> running_one = impl_->current();
  return running_one == nullptr ? Role::unknown : running_one->role();
}

Freshness Node::freshness() const {
  impl_->fork_guard.refuse_child("tell how fresh the caches are");
  return impl_->freshness();
}

Health Node::health(const HealthLimits& limits) const {
  impl_->fork_guard.refuse_child("tell the node's health");
  const std::shared_ptr<NodeRuntime> running_one = impl_->current();
  return health_of(*impl_->core,
                   running_one == nullptr ? std::nullopt : std::optional(running_one->freshness()),
                   limits);
}

Counters Node::counters() const noexcept { return impl_->core->reporter.counters(); }

}  // namespace crier
