// SPDX-License-Identifier: MIT
#include "contract/memory_cluster_store.hpp"

#include "support/memory_store.hpp"

#include <string>

namespace crier::test {
namespace {

// One of several stores that lead to the same log.
class Handle final : public Store {
 public:
  explicit Handle(MemoryStore& store) : store_(store) {}

  [[nodiscard]] const std::string& name() const noexcept override { return store_.name(); }
  [[nodiscard]] std::unique_ptr<Connection> connect(Access access) override {
    return store_.connect(access);
  }
  [[nodiscard]] Wakeup& wakeup() noexcept override { return store_.wakeup(); }

 private:
  MemoryStore& store_;
};

class MemoryClusterStore final : public ClusterStore {
 public:
  [[nodiscard]] std::unique_ptr<Store> open(std::chrono::milliseconds) override {
    return std::make_unique<Handle>(store_);
  }
  void pass(std::chrono::milliseconds duration) override { store_.now += duration; }

 private:
  MemoryStore store_;
};

}  // namespace

std::unique_ptr<ClusterStore> make_memory_cluster_store() {
  return std::make_unique<MemoryClusterStore>();
}

}  // namespace crier::test
