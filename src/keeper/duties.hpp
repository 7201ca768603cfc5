// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/error_of.hpp"
#include "base/reporter.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace crier {

// One thing that the keeper does with each tick.
struct Duty {
  std::string_view name;                     // for messages: "the lease"; static text
  std::function<void(Connection&)> perform;  // throws if it fails
  // Takes back what no longer holds if the duty failed or was left out. May be empty.
  std::function<void()> failed = {};
};

// Performs duties, each by itself: one that fails is reported under its name, and the others are
// performed all the same, on a new connection. Used by one thread at a time.
class Duties {
 public:
  Duties(Store& store, Reporter& reporter) : store_(store), reporter_(reporter) {}

  // Performs them in order; true if all went well. If the database can't be reached, that is
  // reported once, and the rest is left out.
  bool perform(std::span<const Duty> duties) noexcept;

  // The same for a duty that needs no connection.
  template <class Body>
  bool attempt(std::string_view name, Body body) noexcept;

  // Opens a connection if none is open. Throws crier::Error.
  Connection& connection();
  // From now on no call waits for longer than this.
  void hurry(std::chrono::milliseconds patience) { patience_ = patience; }
  void disconnect() noexcept { connection_.reset(); }

 private:
  // True if the duty was done.
  bool perform_one(const Duty& duty) noexcept;
  void limit_wait();

  Store& store_;
  Reporter& reporter_;
  std::unique_ptr<Connection> connection_;
  std::chrono::milliseconds deadline_{};  // the connection's own
  std::chrono::milliseconds patience_ = std::chrono::milliseconds::max();
  bool waited_ = false;  // in vain, in this run
};

template <class Body>
bool Duties::attempt(std::string_view name, Body body) noexcept {
  try {
    const std::string trouble = error_of([&] {
      try {
        body();
      } catch (const Error& error) {
        waited_ = waited_ || error.retryable();
        throw;
      }
    });
    if (trouble.empty()) {
      reporter_.duty_done(name);
      return true;
    }
    reporter_.duty_failed(name, trouble);
  } catch (...) {  // NOLINT(bugprone-empty-catch): no memory is left to say it
  }
  return false;
}

}  // namespace crier
