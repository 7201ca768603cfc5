// SPDX-License-Identifier: MIT
// How do I wait until everyone has it? Two nodes on one database: a change is waited for until it
// is everywhere, and each node shows how far it is. In an application each would be a process.
#include <crier/crier.hpp>

#include <chrono>
#include <iostream>
#include <memory>

using namespace crier::literals;

constexpr crier::Guid kProducts = "7c9e6679-7425-40de-944b-e07fc1f90ae7"_guid;

struct ProductRefresher final : crier::CacheRefresher {
  crier::Guid id() const override { return kProducts; }
  std::string_view name() const override { return "ProductRefresher"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const crier::Guid&) override {}
  void remove(std::int64_t) override {}
};

std::unique_ptr<crier::Node> start_node(const std::string& name) {
  crier::Registry refreshers;
  refreshers.add(std::make_shared<ProductRefresher>());
  crier::Options options;
  options.store = "sqlite:shop.db";
  options.migrate_on_start = true;
  options.node_name = name;
  auto node = std::make_unique<crier::Node>(options, refreshers);
  node->start();
  return node;
}

void publish_and_wait(crier::Node& node) {
  crier::DistributedCache& cache = node.cache();
  const crier::EntryId id = cache.refresh(kProducts, 42);
  if (const crier::WaitResult result = node.wait_everywhere(id, std::chrono::seconds(30));
      !result) {
    for (const crier::NodeRecord& late : result.waiting) {
      std::cout << late.name << " stands at entry " << late.position.value << '\n';
    }
  }
}

int main() {
  const auto first = start_node("web-1");
  const auto second = start_node("web-2");
  publish_and_wait(*first);
  for (const crier::NodeRecord& node : first->nodes()) {
    std::cout << node.name << " is " << to_string(node.state) << " at entry "
              << node.position.to_string() << '\n';
  }
  std::cout << "web-2 is a " << to_string(second->role()) << '\n';
}
