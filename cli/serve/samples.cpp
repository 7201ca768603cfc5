// SPDX-License-Identifier: MIT
#include "serve/samples.hpp"

#include "facts.hpp"
#include "node_print.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::chrono::seconds kLongestSample{3};

}  // namespace

Sample sample_of(const std::vector<NodeRecord>& nodes, EntryId newest) {
  Sample sample{.is_known = true, .newest = newest};
  for (const NodeRecord& node : nodes) {
    if (node.state == NodeState::stopped) {
      continue;
    }
    const NodeSample seen{node.state, known_behind(node, false), is_paused(node)};
    const auto [known, is_new] = sample.nodes.emplace(node.name, seen);
    NodeSample& other = known->second;
    if (!is_new &&
        (seen.state < other.state || (seen.state == other.state && seen.behind > other.behind))) {
      other = seen;
    }
  }
  return sample;
}

Samples::Samples(StoreAccess& access)
    : access_(access), thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::deque<Sample> Samples::all() const {
  const std::lock_guard lock(mutex_);
  return samples_;
}

std::optional<double> Samples::rate(const std::deque<Sample>& samples,
                                    std::chrono::seconds period) {
  const Sample* first = nullptr;
  const Sample* last = nullptr;
  for (const Sample& one : samples) {
    if (one.is_known && samples.back().at - one.at <= period) {
      first = first == nullptr ? &one : first;
      last = &one;
    }
  }
  if (first == last) {
    return std::nullopt;
  }
  // A log that was replaced may end before where it did.
  const std::int64_t entries = std::max<std::int64_t>(last->newest.value - first->newest.value, 0);
  return static_cast<double>(entries) / std::chrono::duration<double>(last->at - first->at).count();
}

void Samples::run(const std::stop_token& stop) {
  auto next = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    lock.unlock();
    Sample sample;
    try {
      sample = access_.read(next + kLongestSample, [](Connection& connection) {
        const std::vector<NodeRecord> nodes = connection.nodes().list();
        return sample_of(nodes, connection.log().newest().id);
      });
    } catch (const Error&) {  // the pages say it
      sample = Sample();
    }
    sample.at = std::chrono::steady_clock::now();
    lock.lock();
    samples_.push_back(std::move(sample));
    if (samples_.size() > kMost) {
      samples_.pop_front();
    }
    next = std::max(next + kPeriod, std::chrono::steady_clock::now());
    changed_.wait_until(lock, stop, next, [] { return false; });
  }
}

}  // namespace crier::cli
