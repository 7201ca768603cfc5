// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "base/short_deadline.hpp"
#include "log_walk.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

// Connections to the store for the threads that make pages. Thread-safe.
class StoreAccess {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit StoreAccess(std::unique_ptr<Store> store) : store_(std::move(store)) {}

  [[nodiscard]] Store& store() const { return *store_; }

  // Runs `body` with a connection that may only read, each of whose calls ends by `deadline`, and
  // returns what that returns; a second time if the connection that was kept from before has died.
  // Throws crier::Error, also if no connection comes free in time, or the schema is not the one
  // understood.
  template <class Body>
  auto read(Time deadline, Body body) {
    while (true) {
      std::unique_ptr<Connection> kept = take(deadline);
      const bool is_new = kept == nullptr;
      const Place place(*this);
      try {
        if (is_new) {
          kept = connect(Access::read_only, deadline);
        }
        auto result = [&] {
          const ShortDeadline hurry(*kept, left(deadline));
          return body(*kept);
        }();
        keep(std::move(kept));
        return result;
      } catch (const Error& error) {
        if (error.invalid_argument() || dynamic_cast<const NotInLog*>(&error) != nullptr) {
          keep(std::move(kept));
          throw;
        }
        if (is_new || std::chrono::steady_clock::now() >= deadline) {
          throw;
        }
        drop_kept();
      }
    }
  }

  // A connection of one's own.
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access, Time deadline) const;

  // What a call may take to end by `deadline`. A store waits for a server that says nothing for a
  // second more.
  [[nodiscard]] static std::chrono::milliseconds left(Time deadline) {
    constexpr std::chrono::milliseconds kLeast{1}, kSilence{1000};
    const auto left = deadline - std::chrono::steady_clock::now();
    return std::max(kLeast, std::chrono::ceil<std::chrono::milliseconds>(left) - kSilence);
  }

 private:
  static constexpr std::size_t kMost = 8;

  // Gives the place of a connection back.
  class Place {
   public:
    explicit Place(StoreAccess& access) : access_(access) {}
    ~Place() { access_.give_back(); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    StoreAccess& access_;
  };

  // Waits for a place; null: there is one, and no connection that was kept.
  [[nodiscard]] std::unique_ptr<Connection> take(Time deadline);
  void give_back();
  void keep(std::unique_ptr<Connection> connection);
  void drop_kept();

  const std::unique_ptr<Store> store_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t in_use_ = 0;  // guarded by mutex_, as is the next
  std::vector<std::unique_ptr<Connection>> kept_;
};

}  // namespace crier::cli
