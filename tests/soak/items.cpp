// SPDX-License-Identifier: MIT
#include "soak/items.hpp"

#include "simulation/random.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace crier::soak {

using namespace std::chrono_literals;

Items::Items(Registry& refreshers, const std::string& store, std::string node,
             history::Recorder& recorder, std::uint64_t seed, bool outdated)
    : store_(store),
      node_(std::move(node)),
      recorder_(recorder),
      seed_(seed),
      outdated_(outdated),
      // Room for most: evictions take part.
      region_(refreshers, kItems, "items", {.limits = {.max_entries = kItemKeys * 3 / 4}}) {}

void Items::begin_to_read() {
  reader_ = std::jthread([this](const std::stop_token& stop) { read(stop); });
}

void Items::read(const std::stop_token& stop) {
  Table table(store_);
  test::Random random(seed_);
  while (!stop.stop_requested()) {
    const auto key = static_cast<std::int64_t>(random.below(kItemKeys));
    const std::int64_t began = history::now();
    try {
      const std::int64_t version = *region_.get(key, [&] { return load(table, key); });
      recorder_.put({.kind = history::Kind::read,
                     .node = node_,
                     .began = began,
                     .keys = {key_name(kItemPart, key)},
                     .version = version});
    } catch (const std::exception&) {  // the database refuses
    }
    std::this_thread::sleep_for(random.between(1ms, 4ms));
  }
}

std::int64_t Items::load(Table& table, std::int64_t key) {
  const std::int64_t began = history::now();
  std::int64_t version = table.version(kItemPart, key);
  std::int64_t& first = first_loaded_.at(static_cast<std::size_t>(key));
  first = first == 0 ? version : first;
  version = outdated_ ? first : version;
  recorder_.put({.kind = history::Kind::load,
                 .node = node_,
                 .began = began,
                 .keys = {key_name(kItemPart, key)},
                 .version = version});
  return version;
}

}  // namespace crier::soak
