// SPDX-License-Identifier: MIT
#include "refresh/notifier.hpp"

#include "base/error_of.hpp"
#include "base/reporter.hpp"

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace crier {

struct Notifier::Handlers {
  using List = std::vector<std::shared_ptr<const CacheUpdatedHandler>>;

  std::mutex mutex;
  std::shared_ptr<const List> list = std::make_shared<List>();  // replaced, never changed
  std::atomic<bool> none = true;  // the list is empty: known without the mutex

  template <class Change>
  void change(Change apply) {
    const std::lock_guard lock(mutex);
    auto next = std::make_shared<List>(*list);
    apply(*next);
    none = next->empty();
    list = std::move(next);
  }

  std::shared_ptr<const List> current() {
    const std::lock_guard lock(mutex);
    return list;
  }
};

Notifier::Notifier(Reporter& reporter)
    : reporter_(reporter), handlers_(std::make_shared<Handlers>()) {}

Notifier::~Notifier() = default;

Subscription Notifier::subscribe(CacheUpdatedHandler handler) {
  auto entry = std::make_shared<const CacheUpdatedHandler>(std::move(handler));
  handlers_->change([&](Handlers::List& list) { list.push_back(entry); });
  // The handle holds nothing but the duty to unsubscribe.
  return Subscription(std::shared_ptr<void>(
      nullptr, [weak = std::weak_ptr(handlers_), entry = std::move(entry)](void*) {
        if (const auto handlers = weak.lock()) {
          handlers->change([&](Handlers::List& list) { std::erase(list, entry); });
        }
      }));
}

bool Notifier::has_handlers() const { return !handlers_->none; }

void Notifier::notify(const CacheUpdated& updated) {
  const auto handlers = handlers_->current();  // keeps the list while others change theirs
  for (const auto& handler : *handlers) {
    const std::string error = error_of([&] { (*handler)(updated); });
    if (!error.empty()) {
      reporter_.log(LogLevel::error, "a function for on_cache_updated failed: " + error);
    }
  }
}

}  // namespace crier
