// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/identity.hpp>
#include <crier/node.hpp>
#include <crier/store.hpp>

#include "base/reporter.hpp"
#include "node/check_options.hpp"
#include "node/incarnation.hpp"
#include "node/messenger_slot.hpp"
#include "refresh/dispatcher.hpp"
#include "refresh/notifier.hpp"

#include <atomic>
#include <mutex>
#include <utility>

namespace crier {

class Node::Impl {
 public:
  Impl(Options checked, Registry refreshers)
      : options(std::move(checked)),
        registry(std::move(refreshers)),
        name(options.node_name.empty()
                 ? Identity::of_this_process(options.application).stable_name()
                 : options.node_name),
        reporter(options.observer, options.log),
        notifier(reporter),
        dispatcher(registry, notifier, reporter),
        cache(registry, slot) {}

  void start() {
    if (running) {
      throw Error("start", "node " + name + " runs already");
    }
    const auto next = std::make_shared<Incarnation>(options, name, dispatcher, reporter);
    {
      const std::lock_guard lock(mutex);
      incarnation = next;
      originated = next->originated();
    }
    // Before the caches are filled: refreshers and the application may publish meanwhile.
    slot.set({next, &next->messenger()});
    try {
      next->run(options);
    } catch (...) {
      leave();
      throw;
    }
    running = true;
  }

  void stop() noexcept {
    if (running.exchange(false)) {
      leave();
    }
  }

  // Its connections close with it: now, or with the last publish that is under way.
  void leave() noexcept {
    slot.set(nullptr);
    std::shared_ptr<Incarnation> ended;
    {
      const std::lock_guard lock(mutex);
      ended = incarnation;
    }
    ended->stop();
    const std::lock_guard lock(mutex);
    last_position = ended->position().entry();
    incarnation.reset();
  }

  // The incarnation that runs, kept alive by the caller; null where none does.
  std::shared_ptr<Incarnation> current() {
    const std::lock_guard lock(mutex);
    return incarnation;
  }

  EntryId position() {
    const std::lock_guard lock(mutex);
    return incarnation == nullptr ? last_position : incarnation->position().entry();
  }

  std::shared_ptr<Incarnation> require_current(const char* operation) {
    std::shared_ptr<Incarnation> running_one = current();
    if (running_one == nullptr) {
      throw Error(operation, "the node " + name + " does not run");
    }
    return running_one;
  }

  const Options options;
  const Registry registry;
  const std::string name;
  Reporter reporter;
  Notifier notifier;
  Dispatcher dispatcher;
  MessengerSlot slot;
  DistributedCache cache;
  std::atomic<bool> running = false;

  std::mutex mutex;
  std::string originated;  // guarded by mutex, as are the two below
  EntryId last_position;
  std::shared_ptr<Incarnation> incarnation;  // null unless running; last: its thread uses all above
};

Node::Node(Options options, Registry refreshers) {
  check_options(options);
  impl_ = std::make_unique<Impl>(std::move(options), std::move(refreshers));
}

Node::~Node() { stop(); }

void Node::start() { impl_->start(); }

void Node::stop() noexcept { impl_->stop(); }

bool Node::running() const noexcept { return impl_->running; }

DistributedCache& Node::cache() noexcept { return impl_->cache; }

Subscription Node::on_cache_updated(CacheUpdatedHandler handler) {
  return impl_->notifier.subscribe(std::move(handler));
}

const std::string& Node::name() const noexcept { return impl_->name; }

std::string Node::originated() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->originated;
}

EntryId Node::position() const noexcept { return impl_->position(); }

bool Node::wait_applied(EntryId entry, std::chrono::milliseconds timeout) const {
  const std::shared_ptr<Incarnation> running_one = impl_->current();
  return running_one == nullptr ? impl_->position() >= entry
                                : running_one->position().wait(entry, timeout);
}

WaitResult Node::wait_everywhere(EntryId entry, std::chrono::milliseconds timeout) const {
  return impl_->require_current("wait")->wait_everywhere(entry, timeout);
}

std::vector<NodeRecord> Node::nodes() const {
  return impl_->require_current("list the nodes")->nodes();
}

Role Node::role() const noexcept {
  const std::shared_ptr<Incarnation> running_one = impl_->current();
  return running_one == nullptr ? Role::unknown : running_one->role();
}

Counters Node::counters() const noexcept { return impl_->reporter.counters(); }

}  // namespace crier
