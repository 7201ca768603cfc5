// SPDX-License-Identifier: MIT
#pragma once

#include <crier/store.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace crier::test {

/// An empty, migrated database of one kind, and the means to reach into it behind crier's back.
class TestStore {
 public:
  virtual ~TestStore() = default;

  [[nodiscard]] virtual std::unique_ptr<Store> open(
      std::chrono::milliseconds deadline = std::chrono::seconds(30)) = 0;
  /// Runs SQL on a connection that is not crier's.
  virtual void execute(const std::string& sql) = 0;
  /// From now on the database refuses a row with this origin.
  virtual void refuse(std::string_view originated) = 0;
  /// Keeps every writer out as long as the result lives.
  [[nodiscard]] virtual std::shared_ptr<void> lock() = 0;
};

/// A kind of store that is held to the contract.
struct TestStoreKind {
  std::string_view name;
  std::unique_ptr<TestStore> (*make)();
};

/// All kinds: another store joins the suite by joining this list.
[[nodiscard]] std::span<const TestStoreKind> test_store_kinds();

/// Runs `test` on a fresh database of each kind.
void on_each_store(const std::function<void(TestStore&)>& test);

}  // namespace crier::test
