// HybridCache<Value>: Value needs to_json() and from_json() of nlohmann/json
// SPDX-License-Identifier: MIT
#include <crier/hybrid_cache.hpp>

struct Page {};

void serve(crier::Registry& refreshers) {
  crier::HybridCache<Page> pages(refreshers, crier::Guid(), "pages", nullptr);
  pages.set("a", Page());
  static_cast<void>(pages.get("a", [] { return Page(); }));
}
