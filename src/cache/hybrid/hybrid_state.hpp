// SPDX-License-Identifier: MIT
#pragma once

#include <crier/hybrid_refresher.hpp>

#include "cache/hybrid/log_view.hpp"
#include "cache/hybrid/ruled_half.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace crier {

struct HybridRefresher::State {
  State(const Guid& id, const std::string& name, std::shared_ptr<SharedHalf> shared,
        RuledHalf::Trouble trouble, const HybridSharing& sharing, const CacheClock& clock)
      : half(std::move(shared), name, id, view, std::move(trouble), sharing, clock) {}

  std::atomic<DistributedCache*> publisher = nullptr;
  LogView view;
  RuledHalf half;
};

}  // namespace crier
