// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace crier::test {

/// An empty store whose time can be made to pass.
class ClusterStore {
 public:
  virtual ~ClusterStore() = default;

  /// All of them lead to the same log.
  [[nodiscard]] virtual std::unique_ptr<Store> open(
      std::chrono::milliseconds deadline = std::chrono::seconds(30)) = 0;
  /// Makes all that stands in the store older by `duration` (younger where it is negative).
  virtual void pass(std::chrono::milliseconds duration) = 0;
};

/// An empty, migrated database of one kind, and the means to reach into it behind crier's back.
class TestStore : public ClusterStore {
 public:
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
/// The same for what nodes tell each other, which the store in memory holds to as well.
void on_each_cluster_store(const std::function<void(ClusterStore&)>& test);

}  // namespace crier::test
