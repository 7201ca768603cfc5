// SPDX-License-Identifier: MIT
#pragma once

#include <crier/cached_region.hpp>
#include <crier/registry.hpp>

#include "history/recorder.hpp"
#include "soak/table.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <thread>

namespace crier::soak {

// The items, read through a region on a thread of its own; what is read goes into the history.
class Items {
 public:
  // `outdated`: it loads what it has loaded first, for ever, which must be found out.
  Items(Registry& refreshers, const std::string& store, std::string node,
        history::Recorder& recorder, std::uint64_t seed, bool outdated);

  // Once the node runs.
  void begin_to_read();

 private:
  void read(const std::stop_token& stop);
  std::int64_t load(Table& table, std::int64_t key);

  const std::string store_;
  const std::string node_;
  history::Recorder& recorder_;
  const std::uint64_t seed_;
  const bool outdated_;
  std::array<std::int64_t, kItemKeys> first_loaded_{};
  CachedRegion<std::int64_t, std::int64_t> region_;
  std::jthread reader_;
};

}  // namespace crier::soak
