// SPDX-License-Identifier: MIT
// How do processes share bytes? By a cache that all of them see: what one has rendered, the other
// need not.
#include <crier/crier.hpp>
#include <crier/shared_json.hpp>

#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <string>

namespace {

using namespace std::chrono_literals;

crier::Options options_of(const std::string& name) {
  crier::Options options;
  options.store = "sqlite:shop.db";
  options.migrate_on_start = true;
  options.node_name = name;
  return options;
}

std::string render(int product) { return "<p>product " + std::to_string(product) + "</p>"; }

// Renders a page where nobody has done so yet.
std::string page_of(crier::SharedCache& shared, int product) {
  const std::string key = "page/" + std::to_string(product);
  const crier::SharedLookup found = shared.lookup(key);
  if (found.value) {
    return *found.value;
  }
  std::string page = render(product);
  shared.add(key, page, found.stamp, {.after = 1h, .sliding = 10min});
  return page;
}

}  // namespace

int main() {
  crier::Node here(options_of("web-1"), crier::Registry());
  crier::Node there(options_of("web-2"), crier::Registry());
  here.start();
  there.start();

  crier::SharedCache& shared = here.shared_cache();
  shared.set("greeting", "hello", {.after = 5min});
  crier::set_json(shared, "stock", std::map<std::string, int>{{"A-1", 7}}, {.sliding = 20min});
  if (const std::optional<std::string> greeting = there.shared_cache().get("greeting")) {
    std::cout << "web-2 reads " << *greeting << '\n';
  }
  const auto stock = crier::get_json<std::map<std::string, int>>(there.shared_cache(), "stock");
  std::cout << "and of A-1 " << stock.value().at("A-1") << '\n';

  std::cout << page_of(shared, 42) << '\n';
  std::cout << "web-2 finds " << there.shared_cache().get("page/42").value_or("nothing") << '\n';

  // A fill that began before a removal stores nothing.
  const crier::SharedLookup before = shared.lookup("page/7");
  const std::string old = render(7);
  there.shared_cache().remove("page/7");
  std::cout << (shared.add("page/7", old, before.stamp) ? "stored" : "refused") << '\n';
}
