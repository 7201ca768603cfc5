// SPDX-License-Identifier: MIT
#include <crier/admin/cache_table.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/testing.hpp>

#include "testing/around.hpp"
#include "testing/world_state.hpp"

#include <algorithm>
#include <utility>

namespace crier::testing {

namespace {

[[noreturn]] void refuse(const char* operation, const std::string& what) {
  throw Error(operation, what, Error::Kind::invalid_argument);
}

}  // namespace

TestNode::TestNode(std::shared_ptr<Around> around) : around_(std::move(around)) {}

TestNode::~TestNode() = default;

const std::string& TestNode::name() const noexcept { return around_->name(); }

void TestNode::step() {
  const std::lock_guard lock(around_->world().stepping);
  if (!around_->poll()) {
    throw Error("step", "the node " + name() + " does not run: start it first");
  }
}

EntryId TestNode::position() const { return around_->position(); }

void TestNode::hold() { around_->held = true; }

void TestNode::release() { around_->held = false; }

void TestNode::crash() {
  around_->crashed = true;
  around_->world().process_died(around_->process());
}

void TestNode::fail(StoreFault fault) { around_->faults.fault = fault; }

void TestNode::slow_down(std::chrono::milliseconds each_call) {
  around_->faults.each_call = each_call;
}

void TestNode::mend() { around_->faults.mend(); }

std::vector<Resync> TestNode::resyncs() const { return around_->witness().resyncs(); }

std::vector<std::string> TestNode::messages() const { return around_->witness().messages(); }

std::shared_ptr<SharedCache> TestNode::shared_cache(const SharedCacheOptions& options) const {
  return make_shared_cache(around_->open_store(), options);
}

World::World() : state_(std::make_shared<State>()) {}

World::~World() = default;

Options World::options(std::string name, Options base) {
  if (name.empty()) {
    refuse("make options", "a node of a test needs a name");
  }
  const auto witness = std::make_shared<Witness>(std::move(base.observer), std::move(base.log));
  auto around = std::make_shared<TestNode::Around>(state_, name, witness);
  base.store = "memory";
  base.password = {};
  base.migrate_on_start = false;
  base.node_name = std::move(name);
  base.observer = witness;
  base.log = [witness](LogLevel level, std::string_view text) { witness->log(level, text); };
  base.surroundings = around;
  const std::lock_guard lock(state_->stepping);
  state_->add(around);
  nodes_.push_back(std::unique_ptr<TestNode>(new TestNode(std::move(around))));
  return base;
}

TestNode& World::node(std::string_view name) {
  const std::lock_guard lock(state_->stepping);
  const auto found = std::ranges::find_if(
      nodes_.rbegin(), nodes_.rend(), [name](const auto& node) { return node->name() == name; });
  if (found == nodes_.rend()) {
    refuse("find the node", "there is no node " + std::string(name) +
                                " in this world: its Node is made with World::options()");
  }
  return **found;
}

void World::settle() { state_->settle(); }

void World::advance(std::chrono::milliseconds duration) {
  if (duration.count() < 0) {
    refuse("advance", "the clock is set on only, and not back");
  }
  state_->advance_to(state_->clock.now() + duration);
}

CacheClock World::clock() const {
  return
      [state = state_] { return std::chrono::nanoseconds(state->clock.now().time_since_epoch()); };
}

std::chrono::steady_clock::time_point World::now() const { return state_->clock.now(); }

void World::fail(StoreFault fault) { state_->faults.fault = fault; }

void World::slow_down(std::chrono::milliseconds each_call) { state_->faults.each_call = each_call; }

void World::mend() { state_->faults.mend(); }

EntryId World::append(std::span<const Instruction> instructions, std::string originated) {
  if (instructions.empty()) {
    refuse("append", "there is no instruction to append");
  }
  return state_->store.write(std::move(originated), encode(instructions),
                             static_cast<std::int64_t>(instructions.size()));
}

EntryId World::append_row(std::string json, std::string originated) {
  return state_->store.write(std::move(originated), std::move(json));
}

void World::restore_to(EntryId newest) { state_->store.restore({newest.value + 1}); }

void World::prune_through(EntryId last) { state_->store.prune_through(last); }

EntryId World::newest() const {
  const std::vector<Entry> rows = state_->store.rows();
  return rows.empty() ? EntryId() : rows.back().id;
}

std::vector<std::string> World::log() const {
  std::vector<std::string> lines;
  for (const Entry& entry : state_->store.rows()) {
    if (!is_canary(entry.json_instruction)) {
      lines.push_back(to_json(entry));
    }
  }
  return lines;
}

}  // namespace crier::testing
