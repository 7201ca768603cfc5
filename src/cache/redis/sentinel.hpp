// SPDX-License-Identifier: MIT
#pragma once

#include "base/local_wakeup.hpp"
#include "base/worker.hpp"
#include "cache/redis/redis_url.hpp"
#include "cache/redis/stream.hpp"
#include "cache/redis/tls.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

namespace crier::redis {

// Asks the Sentinels of a URL which server is the master, and from then on once a second: an old
// master that stands goes on to take what it is sent, until it hears of the new one. Thread-safe.
class Sentinels {
 public:
  // Both outlive this. `tls` may be null.
  Sentinels(const Url& url, const TlsContext* tls) : url_(url), tls_(tls) {}

  // The one that the first Sentinel to answer names. Each has an equal share of the time that is
  // left, and so has whoever connects to the master then. Throws Lost if none knows.
  [[nodiscard]] Address master(Time ends);
  // Whether a connection to `address` leads to the master that was heard of last.
  [[nodiscard]] bool is_master(const Address& address) const;

  // In a child of fork(): the thread is the parent's.
  void abandon() noexcept;

 private:
  [[nodiscard]] Address ask_all(Time ends);
  [[nodiscard]] Address ask(const Address& sentinel, Time ends) const;
  void start_watch();

  const Url& url_;
  const TlsContext* const tls_;
  std::atomic<std::size_t> first_ = 0;  // the Sentinel that answered last
  mutable std::mutex mutex_;
  std::optional<Address> master_;  // guarded by mutex_, as is watch_
  std::unique_ptr<LocalWakeup> bell_ = std::make_unique<LocalWakeup>();
  std::unique_ptr<Worker> watch_;  // last, since its thread uses the others
};

}  // namespace crier::redis
