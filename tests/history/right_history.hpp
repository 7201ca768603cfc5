// SPDX-License-Identifier: MIT
#pragma once

#include "history/event.hpp"
#include "simulation/random.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crier::history {

inline constexpr std::size_t kKeys = 4;

inline std::string key_of(std::size_t key) { return "c/" + std::to_string(key); }

// What a cluster tells that does everything right, wholly given by a seed: a database, its log, and
// nodes whose caches forget at once what they are told to.
class Right {
 public:
  explicit Right(std::uint64_t seed) : random_(seed) {
    put({.kind = Kind::publish,
         .node = "-",
         .id = "first",
         .first = 1,
         .last = 9,
         .keys = {"c/*"}});
    version_ = 9;
    data_.fill(9);
    for (Node& node : nodes_) {
      start(node);
    }
    for (std::size_t i = 0; i < kSteps; ++i) {
      step();
    }
  }

  [[nodiscard]] const std::vector<Event>& events() const { return events_; }

 private:
  static constexpr std::size_t kNodes = 3;
  static constexpr std::size_t kSteps = 300;
  using Data = std::array<std::int64_t, kKeys>;
  struct Node {
    std::string name;
    std::size_t position = 0;
    std::array<std::optional<std::int64_t>, kKeys> cached = {};
    std::size_t known_restores = 0;
  };
  struct Backup {
    Data data;
    std::size_t entries;
    std::int64_t version;
  };

  void put(Event event) {
    event.time = ++time_;
    events_.push_back(std::move(event));
  }
  void start(Node& node) {
    node = {.name = node.name, .position = log_.size(), .known_restores = restores_};
    put({.kind = Kind::start, .node = node.name});
    tell_position(node);
  }
  void tell_position(const Node& node) {
    put({.kind = Kind::at, .node = node.name, .entry = static_cast<std::int64_t>(node.position)});
  }
  void step() {
    Node& node = nodes_[random_.below(kNodes)];
    const std::size_t dice = random_.below(100);
    if (dice < 40) {
      read(node);
    } else if (dice < 60) {
      poll(node);
    } else if (dice < 85) {
      publish(node);
    } else if (dice < 90) {
      wait(node);
    } else if (dice < 95) {
      put({.kind = Kind::stop, .node = node.name});
      start(node);
    } else if (dice < 98) {
      backup_ = {data_, log_.size(), version_};
    } else {
      restore();
    }
  }
  void read(Node& node) {
    const std::size_t key = random_.below(kKeys);
    const std::int64_t began = ++time_;
    if (!node.cached[key]) {
      node.cached[key] = data_[key];
      put({.kind = Kind::load,
           .node = node.name,
           .began = began,
           .keys = {key_of(key)},
           .version = data_[key]});
    }
    put({.kind = Kind::read,
         .node = node.name,
         .began = began,
         .keys = {key_of(key)},
         .version = *node.cached[key]});
  }
  void publish(Node& node) {
    const std::string id = std::to_string(++changes_);
    const std::size_t key = random_.below(kKeys);
    ++version_;
    put({.kind = Kind::publish,
         .node = node.name,
         .id = id,
         .first = version_,
         .last = version_,
         .keys = {key_of(key)}});
    if (random_.once_in(6)) {
      put({.kind = Kind::failed, .id = id});
      return;
    }
    data_[key] = version_;
    log_.push_back(key);
    node.cached[key].reset();
    put({.kind = Kind::acknowledged,
         .node = node.name,
         .id = id,
         .entry = static_cast<std::int64_t>(log_.size())});
  }
  void poll(Node& node) {
    if (node.known_restores != restores_) {
      node.known_restores = restores_;
      node.cached = {};
      node.position = log_.size();
      put({.kind = Kind::resync,
           .node = node.name,
           .entry = static_cast<std::int64_t>(node.position)});
      return;
    }
    for (; node.position < log_.size(); ++node.position) {
      const std::size_t key = log_[node.position];
      node.cached[key].reset();
      put({.kind = Kind::applied,
           .node = node.name,
           .entry = static_cast<std::int64_t>(node.position) + 1,
           .keys = {key_of(key)}});
    }
    tell_position(node);
  }
  void wait(Node& node) {
    const std::int64_t began = ++time_;
    poll(node);
    put({.kind = Kind::waited,
         .node = node.name,
         .began = began,
         .entry = static_cast<std::int64_t>(node.position),
         .yes = true});
  }
  void restore() {
    const std::int64_t began = ++time_;
    data_ = backup_.data;
    log_.resize(backup_.entries);
    ++restores_;
    put({.kind = Kind::restore,
         .began = began,
         .entry = static_cast<std::int64_t>(log_.size()),
         .first = backup_.version + 1,
         .last = std::max(version_, backup_.version + 1)});
    version_ = std::max(version_, backup_.version + 1);
    backup_.version = version_;  // what is gone by then is gone
  }

  test::Random random_;
  std::vector<Event> events_;
  std::int64_t time_ = 0;
  std::int64_t version_ = 0;
  std::uint64_t changes_ = 0;
  std::size_t restores_ = 0;
  Data data_{};
  std::vector<std::size_t> log_;  // the keys
  Backup backup_{{9, 9, 9, 9}, 0, 9};
  std::array<Node, kNodes> nodes_{Node{"a"}, Node{"b"}, Node{"d"}};
};

}  // namespace crier::history
