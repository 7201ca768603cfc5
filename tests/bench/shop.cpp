// SPDX-License-Identifier: MIT
#include "bench/shop.hpp"

#include <crier/admin/store.hpp>
#include <crier/codec.hpp>
#include <crier/instruction.hpp>
#include <crier/options.hpp>
#include <crier/registry.hpp>

#include <utility>
#include <vector>

namespace crier::bench {

Shop::Shop() { open_store(url())->connect(Access::create)->schema().migrate(); }

std::unique_ptr<Node> start_node(const std::string& url, const std::string& name,
                                 std::shared_ptr<CacheRefresher> refresher) {
  Options options;
  options.store = url;
  options.node_name = name;
  options.log = [](LogLevel, std::string_view) {};
  Registry refreshers;
  refreshers.add(std::move(refresher));
  auto node = std::make_unique<Node>(options, std::move(refreshers));
  node->start();
  return node;
}

NewEntry entry_of(std::int64_t id, const std::string& originated) {
  return make_entries(std::vector{Instruction::refresh_by_ids(kProducts, {id})}, originated)[0];
}

}  // namespace crier::bench
