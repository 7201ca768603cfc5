// SPDX-License-Identifier: MIT
// Tests itself as an application would, by the kit of the package.
#include <crier/crier.hpp>
#include <crier/testing.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

namespace {

using namespace crier::literals;

struct Service {
  explicit Service(crier::Options options) : node(std::move(options), refreshers) { node.start(); }

  std::string name() {
    return *names.get(1, [this] { return std::to_string(++loads); });
  }

  int loads = 0;
  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, std::string> names{
      refreshers, "0b8a2f5e-3c1d-4b6f-9a77-52c6c8d0e1f4"_guid, "names"};
  crier::Node node;
};

}  // namespace

int main() {
  crier::testing::World world;
  Service one(world.options("web-1"));
  Service two(world.options("web-2"));
  const std::string before = two.name();
  one.names.changed(1);
  world.settle();
  if (before != "1" || two.name() != "2" || world.log().size() != 1) {
    std::cerr << "the other node did not hear of the change\n";
    return EXIT_FAILURE;
  }
  try {
    world.fail(crier::testing::StoreFault::unreachable);
    one.names.changed(1);
  } catch (const crier::Error& error) {
    std::cout << error.what() << '\n';
    return EXIT_SUCCESS;
  }
  std::cerr << "a store that is out of reach took an entry\n";
  return EXIT_FAILURE;
}
