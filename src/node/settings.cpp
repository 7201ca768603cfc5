// SPDX-License-Identifier: MIT
#include "node/settings.hpp"

#include <crier/admin/surroundings.hpp>
#include <crier/version.hpp>

#include "base/process.hpp"

#include <chrono>

namespace crier {

std::shared_ptr<Store> store_of(const Options& options) {
  return options.surroundings ? options.surroundings->open_store()
                              : open_store(options.store, {options.password});
}

NodeReport report_of(const Options& options, const std::string& name, const Identity& identity) {
  NodeReport self;
  self.incarnation = identity.incarnation;
  self.name = name;
  self.host = identity.machine;
  self.application = identity.application;
  self.version = version();
  self.pid = identity.pid;
  self.process = options.surroundings ? options.surroundings->process() : this_process();
  self.interval = options.heartbeat_interval;
  return self;
}

Keeper::Settings keeper_settings(const Options& options, const NodeReport& self,
                                 const Registry& refreshers) {
  Keeper::Settings settings;
  settings.node = self;
  settings.fixed_role = options.role;
  settings.lease_duration = options.lease_duration;
  // An idle poller comes forward with each look at the log.
  settings.stalled_after = options.stalled_after + 2 * options.poll_interval;
  // A break that is too short to be noticed by the gap between this node's beats.
  const std::chrono::milliseconds patience = options.heartbeat_interval;
  settings.pruning = {options.retention, options.retention_hard_cap, options.prune_interval,
                      patience, options.forget_after};
  settings.keep_position = options.keep_position;
  settings.position_file = options.position_file;
  settings.canary_interval = options.canary_interval;
  settings.read_only = options.read_only;
  for (const RegisteredRefresher& one : refreshers.all()) {
    settings.refreshers.push_back({.refresher = one.id, .name = one.name});
  }
  if (refreshers.fallback() != nullptr) {
    settings.refreshers.push_back({.refresher = Guid(), .name = "fallback"});
  }
  return settings;
}

}  // namespace crier
