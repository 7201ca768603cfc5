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
    const auto next = std::make_shared<Incarnation>(options, dispatcher, reporter);
    set_incarnation(next);
    // Before the caches are filled: refreshers and the application may publish meanwhile.
    slot.set({next, &next->messenger()});
    try {
      next->run(options);
    } catch (...) {
      slot.set(nullptr);
      throw;
    }
    running = true;
  }

  void stop() noexcept {
    if (running.exchange(false)) {
      slot.set(nullptr);
      current()->stop();
    }
  }

  // Null before the first start; after a stop, the one that ran last.
  std::shared_ptr<Incarnation> current() {
    const std::lock_guard lock(mutex);
    return incarnation;
  }

  void set_incarnation(std::shared_ptr<Incarnation> next) {
    const std::lock_guard lock(mutex);
    incarnation.swap(next);
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
  std::shared_ptr<Incarnation> incarnation;  // guarded by mutex; last: its thread uses all above
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
  const auto incarnation = impl_->current();
  return incarnation == nullptr ? std::string() : incarnation->originated();
}

EntryId Node::position() const noexcept {
  const auto incarnation = impl_->current();
  return incarnation == nullptr ? EntryId() : incarnation->position();
}

Counters Node::counters() const noexcept { return impl_->reporter.counters(); }

}  // namespace crier
