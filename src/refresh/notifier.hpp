// SPDX-License-Identifier: MIT
#pragma once

#include <crier/notification.hpp>

#include <memory>

namespace crier {

class Reporter;

// The application's subscriptions to CacheUpdated. Thread-safe; no lock is held during a call.
class Notifier {
 public:
  explicit Notifier(Reporter& reporter);
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  Subscription subscribe(CacheUpdatedHandler handler);
  [[nodiscard]] bool has_handlers() const;
  // What a handler throws is logged, and the others are told all the same.
  void notify(const CacheUpdated& updated);

 private:
  struct Handlers;

  Reporter& reporter_;
  const std::shared_ptr<Handlers> handlers_;  // shared: a Subscription may outlive the node
};

}  // namespace crier
