// SPDX-License-Identifier: MIT
// Uses the package as an application would: two nodes on one file, a typed payload between them.
#include <crier/crier.hpp>
#include <crier/payload_refresher.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace {

using namespace crier::literals;

struct Price {
  std::string sku;
  int cents = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Price, sku, cents)

constexpr crier::Guid kPrices = "0b8a2f5e-3c1d-4b6f-9a77-52c6c8d0e1f4"_guid;

class PriceRefresher final : public crier::PayloadCacheRefresher<Price> {
 public:
  [[nodiscard]] crier::Guid id() const override { return kPrices; }
  [[nodiscard]] std::string_view name() const override { return "PriceRefresher"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const crier::Guid&) override {}
  void remove(std::int64_t) override {}
  void refresh_by_payload(std::span<const Price> items) override { seen.set_value(items[0]); }

  std::promise<Price> seen;
};

struct Shop {
  explicit Shop(const std::string& store) : node(options(store), registry(refresher)) {
    node.start();
  }

  static crier::Options options(const std::string& store) {
    crier::Options options;
    options.store = store;
    options.migrate_on_start = true;
    options.poll_interval = std::chrono::milliseconds(5);
    return options;
  }
  static crier::Registry registry(std::shared_ptr<PriceRefresher> refresher) {
    crier::Registry registry;
    registry.add(std::move(refresher));
    return registry;
  }

  std::shared_ptr<PriceRefresher> refresher = std::make_shared<PriceRefresher>();
  crier::Node node;
};

// What the library throws is caught by its type here, be it a library of its own or not.
bool catches_an_error() {
  crier::Options wrong;
  wrong.poll_interval = std::chrono::milliseconds(0);
  try {
    const crier::Node node(wrong, crier::Registry());
  } catch (const crier::Error& error) {
    return error.invalid_argument();
  }
  return false;
}

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "consumer-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror("mkdtemp");
    return 1;
  }
  bool right = false;
  {
    Shop here("sqlite:" + folder + "/shop.db");
    Shop there("sqlite:" + folder + "/shop.db");
    const crier::EntryId id = here.node.cache().refresh_by_payload(kPrices, Price{"A-1", 1290});

    std::future<Price> seen = there.refresher->seen.get_future();
    if (seen.wait_for(std::chrono::seconds(20)) == std::future_status::ready) {
      const Price price = seen.get();
      right = id.value == 1 && price.sku == "A-1" && price.cents == 1290;
    }
  }
  right = right && catches_an_error();
  std::filesystem::remove_all(folder);
  std::cout << "crier " << crier::version() << (right ? " works\n" : " does not work\n");
  return right ? 0 : 1;
}
