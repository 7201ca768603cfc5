// SPDX-License-Identifier: MIT
#include "bench/carrier.hpp"
#include "bench/shop.hpp"

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

class CrierCarrier final : public Carrier {
 public:
  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    const auto node = start_node(shop_.url(), "subscriber-" + std::to_string(getpid()),
                                 std::make_shared<Listener>(received));
    subscribed();
    for (;;) {
      pause();
    }
  }

  std::function<void(int)> publisher() override {
    publisher_ = start_node(shop_.url(), "publisher");
    return [this](int message) { publisher_->cache().refresh(kProducts, message); };
  }

 private:
  const Shop shop_;
  std::unique_ptr<Node> publisher_;
};

}  // namespace

std::unique_ptr<Carrier> carried_by_crier() { return std::make_unique<CrierCarrier>(); }

}  // namespace crier::bench
