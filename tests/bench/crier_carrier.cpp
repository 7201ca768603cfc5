// SPDX-License-Identifier: MIT
#include "bench/carrier.hpp"
#include "bench/shop.hpp"

#include <string>
#include <unistd.h>
#include <utility>

namespace crier::bench {

namespace {

class Listener final : public Products {
 public:
  explicit Listener(std::function<void(int)> received) : received_(std::move(received)) {}
  using Products::refresh;
  void refresh(std::int64_t id) override { received_(static_cast<int>(id)); }

 private:
  const std::function<void(int)> received_;
};

class CrierCarrier : public Carrier {
 public:
  explicit CrierCarrier(std::string url) : url_(std::move(url)) {}

  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    const auto node = start_node(url_, "subscriber-" + std::to_string(getpid()),
                                 std::make_shared<Listener>(received));
    subscribed();
    for (;;) {
      pause();
    }
  }

  std::function<void(int)> publisher() override {
    publisher_ = start_node(url_, "publisher");
    return [this](int message) { publisher_->cache().refresh(kProducts, message); };
  }

 private:
  const std::string url_;
  std::unique_ptr<Node> publisher_;
};

// The file goes after the nodes.
class ShopCarrier final : private Shop, public CrierCarrier {
 public:
  ShopCarrier() : CrierCarrier(url()) {}
};

}  // namespace

std::unique_ptr<Carrier> carried_by_crier() { return std::make_unique<ShopCarrier>(); }

std::unique_ptr<Carrier> carried_by_crier_on(std::string url) {
  return std::make_unique<CrierCarrier>(std::move(url));
}

}  // namespace crier::bench
