// SPDX-License-Identifier: MIT
#include "store/postgres/notify_wakeup.hpp"

#include <crier/error.hpp>

#include "base/plain_file.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/notify_connection.hpp"
#include "store/postgres/shown_url.hpp"
#include "store/postgres/translate.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <random>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace crier::postgres {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// What follows a ring so soon finds all who listen at the same moment.
constexpr std::chrono::milliseconds kBurst{20};
constexpr std::chrono::milliseconds kLongestBackOff{5000};
// For what is still owed at the end: who destroys the store waits for it.
constexpr std::chrono::milliseconds kFarewell{2000};
// So long it is left to the next append to send what is owed for the last ones.
constexpr std::chrono::microseconds kSlack{500};

StoreConfig wire_of(const StoreConfig& config) {
  StoreConfig wire = config;
  if (!config.listen.empty()) {
    wire.parameters = config.listen;
    wire.listen.clear();
    wire.pooled = false;
    wire.database = shown_url(wire, {}, "");
  }
  return wire;
}

std::chrono::microseconds drawn_below(std::chrono::microseconds most) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::microseconds(
      std::uniform_int_distribution<std::int64_t>(0, most.count())(random));
}

}  // namespace

NotifyWakeup::NotifyWakeup(const StoreConfig& config, std::shared_ptr<const Lineage> lineage)
    : config_(wire_of(config)),
      lineage_(std::move(lineage)),
      has_wire_(!config.pooled || !config.listen.empty()),
      is_elsewhere_(!config.listen.empty()),
      event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!has_wire_) {
    say("others are not heard, and what they write is found by polling: a pooler stands before "
        "the database '" +
        config.database + "', and the store URL's listen names no other address");
  }
  if (event_ < 0) {
    throw Error("open", "can't be woken: " + file_error_text(errno),
                is_passing_file_error(errno) ? Error::Kind::retryable : Error::Kind::failed);
  }
}

NotifyWakeup::~NotifyWakeup() {
  if (fork_guard_.is_child()) {
    if (thread_.joinable()) {
      thread_.detach();  // it is the parent's
    }
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  eventfd_write(event_, 1);
  if (thread_.joinable()) {
    thread_.join();
  }
  ::close(event_);
}

std::uint64_t NotifyWakeup::mark() noexcept {
  want();
  await_first_attempt();
  return local_.mark();
}

bool NotifyWakeup::wait(std::uint64_t mark, std::chrono::nanoseconds timeout) noexcept {
  want();
  return local_.wait(mark, timeout);
}

void NotifyWakeup::ring() noexcept {
  local_.ring();
  owe();
}

void NotifyWakeup::ring_others() noexcept {
  ring_own();
  owe();
}

void NotifyWakeup::ring_own() noexcept {
  if (hears_own_) {
    local_.ring();
  } else {
    local_.ring_unheard();
  }
}

void NotifyWakeup::owe() noexcept {
  if (fork_guard_.is_child() || !has_wire_) {
    return;
  }
  start();
  {
    const std::lock_guard lock(mutex_);
    owes_ = true;
    pace_.owe();
    if (due_) {
      return;  // to wake the thread once more for the same costs more than the ring
    }
  }
  eventfd_write(event_, 1);
}

bool NotifyWakeup::ring_through_caller() {
  ring_own();
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (!has_wire_ || (now >= pace_.turn() && !sends_)) {
      pace_.owe();
      pace_.send(now);
      owes_ = false;
      return true;
    }
  }
  owe();
  return false;
}

std::string NotifyWakeup::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void NotifyWakeup::start() noexcept {
  if (fork_guard_.is_child() || !has_wire_) {
    return;
  }
  try {
    const std::lock_guard lock(mutex_);
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { run(); });
    }
    return;
  } catch (const std::exception& error) {
    say(std::string("no thread can listen to others: ") + error.what());
  }
}

void NotifyWakeup::want() noexcept {
  start();
  const std::lock_guard lock(mutex_);
  if (!std::exchange(wanted_, true)) {
    eventfd_write(event_, 1);
  }
}

void NotifyWakeup::await_first_attempt() noexcept {
  if (!fork_guard_.is_child()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return tried_; });
  }
}

void NotifyWakeup::run() {
  for (int failures = 0;; ++failures) {
    try {
      NotifyConnection wire(config_, name_, is_elsewhere_ ? lineage_->log() : "");
      failures = 0;
      serve(wire);
      return;
    } catch (const Failure& failure) {
      say("others are not heard, and what they write is found by polling: " +
          std::string(translate("listen", failure, config_, Access::read_only).what()));
    } catch (const std::exception& error) {
      say(error.what());
    }
    back_off(failures);
    const std::lock_guard lock(mutex_);
    if (stop_) {
      return;
    }
  }
}

void NotifyWakeup::serve(NotifyConnection& wire) {
  Clock::time_point last_heard{};
  for (;;) {
    eventfd_t ignored = 0;
    eventfd_read(event_, &ignored);
    bool wanted = false;
    bool stop = false;
    bool owes = false;
    Clock::time_point turn;
    {
      const std::lock_guard lock(mutex_);
      wanted = wanted_;
      stop = stop_;
      owes = due_ = owes_;
      turn = pace_.turn() + kSlack;
    }
    if (wanted && !wire.listens() && !stop) {
      wire.listen();
      local_.ring();  // for what was rung while nobody listened
      say({});
    }
    if (owes && (stop || Clock::now() >= turn)) {
      send(wire, stop ? kFarewell : NotifyConnection::kLongestCall);
      owes = false;
    }
    if (stop) {
      return;
    }
    if (!wire.wait(event_, owes ? turn : Clock::now() + 60s)) {
      continue;
    }
    if (Clock::now() - last_heard < kBurst) {
      std::this_thread::sleep_for(drawn_below(wire.spread()));
    }
    last_heard = Clock::now();
    local_.ring();
  }
}

void NotifyWakeup::send(NotifyConnection& wire, std::chrono::milliseconds patience) {
  {
    const std::lock_guard lock(mutex_);
    due_ = false;
    if (!std::exchange(owes_, false)) {
      return;  // an append has taken it along
    }
    pace_.send(Clock::now());
    sends_ = true;
  }
  try {
    wire.send(patience);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    owes_ = true;
    sends_ = false;
    throw;
  }
  const std::lock_guard lock(mutex_);
  sends_ = false;
}

void NotifyWakeup::back_off(int failures) {
  const std::chrono::milliseconds longest =
      std::min<std::chrono::milliseconds>(100ms * (1 << std::min(failures, 6)), kLongestBackOff);
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, longest / 2 + drawn_below(longest / 2), [this] { return stop_; });
}

void NotifyWakeup::say(const std::string& trouble) {
  {
    const std::lock_guard lock(mutex_);
    trouble_ = trouble;
    tried_ = true;
  }
  changed_.notify_all();
}

}  // namespace crier::postgres
