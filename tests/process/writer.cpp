// SPDX-License-Identifier: MIT
// writer URL FIRST COUNT: a node that publishes a refresh for each id from FIRST on, and prints the
// id of each entry once it is acknowledged.
#include <crier/crier.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>

namespace {

constexpr crier::Guid kProducts =
    crier::Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

class Products final : public crier::CacheRefresher {
 public:
  [[nodiscard]] crier::Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "products"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const crier::Guid&) override {}
  void remove(std::int64_t) override {}
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    return EXIT_FAILURE;
  }
  try {
    crier::Options options;
    options.store = argv[1];
    crier::Registry refreshers;
    refreshers.add(std::make_shared<Products>());
    crier::Node node(options, std::move(refreshers));
    node.start();
    const std::int64_t first = std::stoll(argv[2]);
    const std::int64_t count = std::stoll(argv[3]);
    for (std::int64_t id = first; id < first + count; ++id) {
      std::cout << node.cache().refresh(kProducts, id).value << std::endl;
    }
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
