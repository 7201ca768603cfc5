// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace crier::test {

/// How a call of a store may fail.
enum class StoreFault { busy, full, io, corrupt, replaced, out_of_memory };

inline constexpr StoreFault kStoreFaults[] = {StoreFault::busy,     StoreFault::full,
                                              StoreFault::io,       StoreFault::corrupt,
                                              StoreFault::replaced, StoreFault::out_of_memory};

/// Static text: "busy".
[[nodiscard]] std::string_view to_string(StoreFault fault) noexcept;

/// Another store of which one call fails, whichever it is and on whichever connection: the nth from
/// arm() on. Unless it was busy, its connection is of no use afterwards. Thread-safe.
class FaultyStore final : public Store {
 public:
  /// With `after` the call does its work, and only its answer is lost.
  enum class Moment { before, after };

  explicit FaultyStore(Store& real) : real_(real) {}

  void arm(int nth, StoreFault fault, Moment moment);
  /// The name of the call that failed since arm(); empty: none has.
  [[nodiscard]] std::string failed() const;

  [[nodiscard]] const std::string& name() const noexcept override { return real_.name(); }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override;
  [[nodiscard]] std::vector<Migration> pending() override { return real_.pending(); }
  RidingIds append_in(ApplicationConnection connection,
                      std::span<const NewEntry> entries) override {
    return real_.append_in(connection, entries);
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return real_.wakeup(); }

  /// Runs one call: for the connections.
  template <class Body>
  auto call(std::string_view operation, Body body);

 private:
  [[nodiscard]] bool is_due(Moment moment);
  [[noreturn]] void fail(std::string_view operation);

  Store& real_;
  std::atomic<int> left_ = 0;  // the call with which it comes to 0 fails
  std::atomic<StoreFault> fault_{};
  std::atomic<Moment> moment_{};

  mutable std::mutex mutex_;
  std::string failed_;  // guarded by mutex_
};

template <class Body>
auto FaultyStore::call(std::string_view operation, Body body) {
  if (is_due(Moment::before)) {
    fail(operation);
  }
  const auto done = [&] {
    if (is_due(Moment::after)) {
      fail(operation);
    }
  };
  if constexpr (std::is_void_v<decltype(body())>) {
    body();
    done();
  } else {
    auto result = body();
    done();
    return result;
  }
}

}  // namespace crier::test
