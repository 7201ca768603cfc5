// SPDX-License-Identifier: MIT
#pragma once

#include <crier/distributed_cache.hpp>
#include <crier/refresher.hpp>
#include <crier/registry.hpp>

#include <vector>

namespace crier {

// Gives the facade to the refreshers that publish by themselves, for as long as it lives.
class PublisherBindings {
 public:
  PublisherBindings(const Registry& registry, DistributedCache& cache) {
    try {
      for (const RegisteredRefresher& one : registry.all()) {
        if (auto* publishing = dynamic_cast<PublishingRefresher*>(one.refresher.get())) {
          publishing->attach(cache);
          attached_.push_back(publishing);
        }
      }
    } catch (...) {
      detach();
      throw;
    }
  }
  ~PublisherBindings() { detach(); }
  PublisherBindings(const PublisherBindings&) = delete;
  PublisherBindings& operator=(const PublisherBindings&) = delete;

 private:
  void detach() noexcept {
    for (PublishingRefresher* publishing : attached_) {
      publishing->detach();
    }
  }

  std::vector<PublishingRefresher*> attached_;  // the registry's, which outlives this
};

}  // namespace crier
