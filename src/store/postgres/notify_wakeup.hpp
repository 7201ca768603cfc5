// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/guid.hpp>

#include "base/fork_guard.hpp"
#include "base/local_wakeup.hpp"
#include "store/postgres/config.hpp"
#include "store/postgres/lineage.hpp"
#include "store/postgres/notify_pace.hpp"
#include "store/postgres/notify_payload.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace crier::postgres {

class NotifyConnection;

// Wakes pollers by LISTEN and NOTIFY, on a thread and a connection of its own that are made when
// they are first needed; it listens once somebody waits. NOTIFY is sent outside of any transaction
// of others (its commit takes a lock that all of a server's databases share), at a pace, and once
// for all rings that were meanwhile. A wire that is dead, or on which nothing arrives, is noticed,
// shown by trouble() and made anew; until then wait() wakes for this process's own rings only.
// Where a pooler shares sessions out, and no other address is known, there is no wire.
class NotifyWakeup final : public Wakeup {
 public:
  // `lineage` is that of the log which is to be heard.
  NotifyWakeup(const StoreConfig& config, std::shared_ptr<const Lineage> lineage);
  // Sends what was rung and is not sent yet, if that takes no longer than a moment.
  ~NotifyWakeup() override;
  NotifyWakeup(const NotifyWakeup&) = delete;
  NotifyWakeup& operator=(const NotifyWakeup&) = delete;

  // The first call waits until the wire stands or can't be made.
  [[nodiscard]] std::uint64_t mark() noexcept override;
  bool wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept override;
  void ring() noexcept override;
  void ring_others() noexcept override;
  void hear_own() noexcept override { hears_own_ = true; }
  // As ring_others(), for who has appended and can send quicker: true if the caller is to send a
  // ring, for all that was owed. If it is too soon for one it is left to this one's thread.
  [[nodiscard]] bool ring_through_caller();
  // A ring of this one's.
  [[nodiscard]] std::string note() const { return ring_payload(name_); }
  // Sends a ring later, for who could not send it.
  void owe() noexcept;
  [[nodiscard]] std::string trouble() const override;

 private:
  // For this process, by who has appended.
  void ring_own() noexcept;
  // Makes the thread, if there is none yet.
  void start() noexcept;
  // Has it listen.
  void want() noexcept;
  void await_first_attempt() noexcept;
  void run();
  // Listens and sends until the wire breaks (throws Failure) or all is over.
  void serve(NotifyConnection& wire);
  // Sends what is owed; still owes it if it throws.
  void send(NotifyConnection& wire, std::chrono::milliseconds patience);
  // Between two attempts; ends early when all is over.
  void back_off(int failures);
  void say(const std::string& trouble);

  const StoreConfig config_;  // of the wire
  const std::shared_ptr<const Lineage> lineage_;
  const bool has_wire_;
  const bool is_elsewhere_;  // the wire has an address of its own
  const Guid name_ = Guid::random();
  const ForkGuard fork_guard_;
  LocalWakeup local_;
  std::atomic<bool> hears_own_ = false;
  const int event_;  // an eventfd: there is something to send, or all is over

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool tried_ = false;   // guarded by mutex_, as are the eight below
  bool owes_ = false;    // rung, and not sent yet
  bool due_ = false;     // the thread is about to look at what is owed
  NotifyPace pace_;      // of what is sent
  bool sends_ = false;   // the thread does, or waits for the server
  bool wanted_ = false;  // somebody waits
  bool stop_ = false;
  std::string trouble_;
  std::thread thread_;
};

}  // namespace crier::postgres
