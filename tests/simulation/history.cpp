// SPDX-License-Identifier: MIT
#include "simulation/history.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace crier::test {

using namespace std::chrono_literals;

namespace {

template <class Value, std::size_t Count>
const Value& one_of(Random& random, const std::array<Value, Count>& values) {
  return values[random.below(Count)];
}

}  // namespace

History::History(std::uint64_t seed, Size size, std::ostream* trace)
    : random_(seed),
      size_{size.width != 0 ? size.width : 1 + random_.below(10), size.events},
      trace_(trace),
      rules_(random_rules(random_)),
      watch_(store_, rules_) {
  max_processing_instructions_ = random_.once_in(3) ? 8 : 1000;
  fault_rate_ = one_of(random_, std::array<std::size_t, 4>{0, 0, 100, 20});
  death_rate_ = one_of(random_, std::array<std::size_t, 3>{0, 1000, 200});
  jumps_ = random_.once_in(3);
  shared_names_ = random_.once_in(2);
  throw_rate_ = one_of(random_, std::array<std::size_t, 4>{0, 0, 10, 3});
  hangs_ = random_.once_in(2);
  store_.before = [this](std::string_view operation) { before(operation); };
  store_.after = [this](std::string_view operation) { after(operation); };
  store_.process_is_gone = [this](std::string_view process) {
    return std::none_of(slots_.begin(), slots_.end(),
                        [process](const auto& node) { return node && node->process() == process; });
  };
  // Data that is older than the log: no entry tells of it.
  for (Changes& each : truth_) {
    each.push_back(++changes_);
  }
}

Keeper::Settings History::random_rules(Random& random) {
  Keeper::Settings rules;
  rules.node.interval = 5s;
  rules.lease_duration = 15s;
  rules.stalled_after = 30s;
  rules.pruning.retention = one_of(random, std::array<Time, 4>{20s, 2min, 1h, 48h});
  rules.pruning.hard_cap = rules.pruning.retention * (1 + static_cast<int>(random.below(4)));
  rules.pruning.patience = rules.node.interval;
  rules.pruning.interval = one_of(random, std::array<Time, 4>{1ms, 5s, 10s, 60s});
  return rules;
}

std::string History::run() {
  for (std::size_t i = 0; i < size_.width / 2 + 1; ++i) {
    start();
  }
  for (std::size_t i = 0; i < size_.events && watch_.violation().empty(); ++i) {
    event();
  }
  if (watch_.violation().empty()) {
    converge();
  }
  return watch_.violation();
}

void History::event() {
  const auto idle = [](const SimNode& node) { return node.steps == 0; };
  const auto with = [this](auto fits, auto act) {
    if (SimNode* node = pick(fits)) {
      act(*node);
    }
  };
  const std::size_t dice = random_.below(100);
  if (dice < 25) {
    with([](const SimNode& node) { return !node.polling; }, [this](SimNode& node) { poll(node); });
  } else if (dice < 40) {
    with([](const SimNode& node) { return !node.ticking; }, [this](SimNode& node) { tick(node); });
  } else if (dice < 52) {
    with([](const SimNode& node) { return node.publishing; },
         [this](SimNode& node) { publish(node); });
  } else if (dice < 56) {
    write();
  } else if (dice < 72) {
    round();
  } else if (dice < 79) {
    some_time();
  } else if (dice < 84) {
    start();
  } else if (dice < 86) {
    with(idle, [this](SimNode& node) { stop(node); });
  } else if (dice < 89) {
    with(idle, [this](SimNode& node) { crash(node); });
  } else if (dice < 92) {
    with(idle, [this](SimNode& node) {
      trace(node.name(), " pauses");
      node.paused = true;
    });
  } else if (dice < 96) {
    resume();
  } else if (dice < 97) {
    ask();
  } else if (dice < 98) {
    jump();
  } else if (dice < 99 && random_.once_in(3)) {
    disturb_log();
  }
}

SimNode* History::pick(const std::function<bool(const SimNode&)>& fits) {
  const std::size_t first = random_.below(size_.width);
  for (std::size_t i = 0; i < size_.width; ++i) {
    SimNode* node = slots_[(first + i) % size_.width].get();
    if (node != nullptr && !node->dead && !node->paused && fits(*node)) {
      return node;
    }
  }
  return nullptr;
}

void History::step(SimNode& node, const std::function<void()>& body) {
  SimNode* const outer = std::exchange(current_, &node);
  ++node.steps;
  body();
  --node.steps;
  current_ = outer;
  check_applied(node);
  if (node.dead && node.steps == 0) {
    bury(node);
  }
}

void History::start() {
  const std::size_t slot = random_.below(size_.width);
  if (slots_[slot] != nullptr) {
    return;
  }
  // Where names are shared, two slots are two hosts that have been given the same one.
  const std::size_t name = shared_names_ ? slot / 2 : slot;
  SimNode::Settings settings;
  settings.keeper = rules_;
  NodeReport& report = settings.keeper.node;
  Guid::Bytes bytes{};
  ++incarnations_;
  bytes[0] = static_cast<std::uint8_t>(incarnations_ >> 8);
  bytes[1] = static_cast<std::uint8_t>(incarnations_);
  report.incarnation = Guid(bytes);
  report.name = "n" + std::to_string(name);
  report.host = "h" + std::to_string(slot);
  report.process = std::to_string(incarnations_);
  settings.keeper.keep_position =
      name % 2 == 0 ? KeepPosition::in_database : KeepPosition::in_memory;
  settings.max_processing_instructions = max_processing_instructions_;
  settings.before_refresh = [this] { return before_refresh(); };
  // A tenth of a second for each millisecond: see retry_policy().
  settings.clock = [this, began = now_] { return began + 100 * (now_ - began); };
  settings.violated = [this](const std::string& what) { watch_.violated(what); };
  slots_[slot] = std::make_unique<SimNode>(store_, truth_, std::move(settings));
  SimNode& node = *slots_[slot];
  trace(node.name(), " starts as ", node.process());
  step(node, [&] { node.dead = !node.start(now_, [&] { return surviving(node); }) || node.dead; });
}

void History::resume() {
  const std::size_t slot = random_.below(size_.width);
  SimNode* node = slots_[slot].get();
  if (node != nullptr && node->paused) {
    trace(node->name(), " goes on");
    node->paused = false;
  }
}

void History::stop(SimNode& node) {
  trace(node.name(), " stops");
  node.ticking = true;
  step(node, [&] {
    node.leave();
    node.dead = true;
  });
}

void History::crash(SimNode& node) {
  trace(node.name(), " crashes");
  bury(node);
}

// What a durable name's caches hold when it is started again is what its last owner had, or any of
// those who have contended for it.
void History::bury(SimNode& node) {
  if (node.durable() && (disks_[node.name()].owner == node.incarnation() || node.contended)) {
    disks_[node.name()] = {node.cache(), node.incarnation()};
  }
  for (auto& slot : slots_) {
    if (slot.get() == &node) {
      slot.reset();
    }
  }
}

Contents History::surviving(const SimNode& node) {
  Contents contents;
  if (node.durable()) {
    const Disk& disk = disks_[node.name()];
    contents = disk.contents;
    for (const auto& other : slots_) {
      if (other != nullptr && other->incarnation() == disk.owner) {
        contents = other->cache();  // it sleeps
      }
    }
    take_back(contents);
  }
  return contents;
}

void History::poll(SimNode& node) {
  trace(node.name(), " polls");
  step(node, [&] {
    node.poll();
    if (!node.ticking) {
      node.answer_if_asked(now_);
    }
  });
}

void History::tick(SimNode& node) {
  trace(node.name(), " ticks");
  step(node, [&] { node.tick(now_); });
}

void History::round() {
  pass(random_.between(1s, 5s));
  trace("a round of beats");
  for (std::size_t i = 0; i < size_.width; ++i) {
    SimNode* node = slots_[i].get();
    if (node != nullptr && !node->dead && !node->paused && !node->ticking) {
      tick(*node);
    }
  }
}

void History::ask() {
  trace("somebody waits");
  store_.connect(Access::read_write)->nodes().request_position({changes_ + 1}, 10s);
}

void History::some_time() {
  switch (random_.below(8)) {
    case 0:
      return pass(random_.between(10s, 2min));
    case 1:
      return pass(rules_.pruning.retention + random_.between(0s, 1min));
    case 2:
      return pass(random_.once_in(3) ? rules_.pruning.hard_cap * 2 + 1min : 16s);
    default:
      return pass(random_.between(1ms, 3s));
  }
}

void History::pass(Time duration) {
  trace(duration.count(), " ms pass");
  store_.now += duration;
  now_ += duration;
}

void History::jump() {
  if (jumps_) {
    const Time by = random_.once_in(2) ? random_.between(1s, 20s) : random_.between(1min, 50h);
    store_.now += random_.once_in(2) ? by : -by;
    trace("the database's clock jumps to ", store_.now.count());
  }
}

}  // namespace crier::test
