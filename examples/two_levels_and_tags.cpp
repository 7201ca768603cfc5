// SPDX-License-Identifier: MIT
// How do I have two levels of cache, and tags? Two nodes whose own caches stand over the shared
// one: what one has made, the other need not, and what one removes is gone on both.
#include <crier/crier.hpp>
#include <crier/hybrid_cache.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

using namespace crier::literals;
using namespace std::chrono_literals;

constexpr crier::Guid kPages = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"_guid;

struct WebServer {
  explicit WebServer(std::string own_name) : name(std::move(own_name)) { node.start(); }

  static crier::Options options(const std::string& node_name) {
    crier::Options options;
    options.store = "sqlite:shop.db";
    options.migrate_on_start = true;
    options.node_name = node_name;
    return options;
  }

  std::string render(int product) const {
    std::cout << name << " renders " << product << '\n';
    return "<p>product " + std::to_string(product) + "</p>";
  }

  std::string page(int product) {
    return *pages.get(std::to_string(product), [&] { return render(product); },
                      {.expiry = {.after = 1h}, .tags = {"shoes"}});
  }

  const std::string name;
  std::shared_ptr<crier::SharedCache> shared = crier::open_shared_cache("sqlite:shop.db");
  crier::Registry refreshers;
  crier::HybridCache<std::string> pages{refreshers, kPages, "pages", shared};
  crier::Node node{options(name), refreshers};
};

int main() {
  WebServer one("web-1");
  WebServer two("web-2");
  one.page(42);
  two.page(42);  // from the shared cache
  two.page(42);  // from its own
  std::cout << "web-2 asked others " << two.pages.statistics().misses << " time(s)\n";

  const crier::EntryId id = one.pages.remove_by_tag("shoes");  // after the change was committed
  if (two.node.wait_applied(id, 30s)) {
    two.page(42);
  }
}
