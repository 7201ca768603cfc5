// SPDX-License-Identifier: MIT
#include <crier/hybrid_cache.hpp>
#include <crier/node.hpp>
#include <crier/options.hpp>
#include <crier/registry.hpp>

#include "bench/carrier.hpp"
#include "bench/shop.hpp"

#include <atomic>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace crier::bench {

namespace {

constexpr Guid kPages = Guid::parse("3d1c8f0a-52a4-4f0e-9c3b-6f5d2b7a8e19").value();
constexpr const char* kKey = "hot";

// The data: a number that all processes see at once, so that no time of an application's own
// counts.
class Truth {
 public:
  Truth() {
    void* const memory = mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      throw std::runtime_error("no memory to share");
    }
    number_ = new (memory) std::atomic<int>(-1);
  }
  ~Truth() { munmap(number_, sizeof(std::atomic<int>)); }
  Truth(const Truth&) = delete;
  Truth& operator=(const Truth&) = delete;

  [[nodiscard]] int get() const { return *number_; }
  void set(int number) { *number_ = number; }

 private:
  std::atomic<int>* number_;
};

struct Member {
  Member(const std::string& url, const std::string& name)
      : pages(refreshers, kPages, "pages", open_shared_cache(url)) {
    Options options;
    options.store = url;
    options.node_name = name;
    options.log = [](LogLevel, std::string_view) {};
    node = std::make_unique<Node>(options, refreshers);
  }

  Registry refreshers;
  HybridCache<int> pages;
  std::unique_ptr<Node> node;
};

// A message is the number that a subscriber's cache serves once its invalidation has come.
class HybridCarrier final : public Carrier {
 public:
  void subscribe(const std::function<void()>& subscribed,
                 const std::function<void(int)>& received) override {
    Member member(shop_.url(), "subscriber-" + std::to_string(getpid()));
    const auto serve = [&] { return *member.pages.get(kKey, [&] { return truth_.get(); }); };
    int served = -1;
    const Subscription subscription =
        member.node->on_cache_updated([&](const CacheUpdated& updated) {
          if (updated.refresher == kPages && updated.source.entry.value != 0) {
            for (const int now = serve(); served < now;) {
              received(++served);  // who serves a number has what came before it
            }
          }
        });
    member.node->start();
    serve();
    subscribed();
    for (;;) {
      pause();
    }
  }

  std::function<void(int)> publisher() override {
    publisher_ = std::make_unique<Member>(shop_.url(), "publisher");
    publisher_->node->start();
    return [this](int message) {
      truth_.set(message);
      publisher_->pages.remove(kKey);
    };
  }

 private:
  const Shop shop_;
  Truth truth_;
  std::unique_ptr<Member> publisher_;
};

}  // namespace

std::unique_ptr<Carrier> carried_by_hybrids() { return std::make_unique<HybridCarrier>(); }

}  // namespace crier::bench
