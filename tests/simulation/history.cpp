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

History::Steps History::steps_of(std::uint64_t seed, std::size_t count) {
  Random random(~seed);
  Steps steps(count);
  for (std::uint64_t& step : steps) {
    step = random.next();
  }
  return steps;
}

History::History(std::uint64_t seed, Size size, Steps steps, std::ostream* trace)
    : random_(seed),
      seed_(seed),
      size_{size.width != 0 ? size.width : 1 + random_.below(10), size.events},
      steps_(std::move(steps)),
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
  store_.tells_lineage = random_.once_in(2);
  store_.ring.is_on = random_.once_in(2);
  store_.ring.fate = [this] {
    using Fate = MemoryRing::Fate;
    return random_.once_in(4) ? Fate::late : random_.once_in(6) ? Fate::never : Fate::now;
  };
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
  begin_items();
  begin_pages();
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
  for (const std::uint64_t step : steps_) {
    if (!watch_.violation().empty()) {
      break;
    }
    random_ = Random(step);
    event();
  }
  random_ = Random(seed_ + 1);
  if (watch_.violation().empty()) {
    converge();
  }
  for (const auto& node : slots_) {
    shared_hits_ += node == nullptr ? 0 : node->pages().statistics().shared_hits;
  }
  return watch_.violation();
}

void History::event() {
  if (random_.once_in(4)) {
    store_.ring.arrive();
  }
  const auto idle = [](const SimNode& node) { return node.steps == 0; };
  const auto with = [this](auto fits, auto act) {
    if (SimNode* node = pick(fits)) {
      act(*node);
    }
  };
  const auto with_pages = [](const SimNode& node) {
    return node.publishing && !node.appending && node.has_pages();
  };
  if (random_.once_in(3)) {
    const std::size_t key = random_.below(kItemKeys);
    switch (random_.below(12)) {
      case 0:
        return with(with_pages, [this](SimNode& node) { publish_item(node); });
      case 1:
        return write_item();
      case 2:
        return with(with_pages, [this](SimNode& node) { set_page(node); });
      case 3:
        return random_.once_in(3) ? disturb_shared() : void();
      case 4:
      case 5:
      case 6:
      case 7:
        return with([](const SimNode& node) { return node.publishing && node.has_pages(); },
                    [&](SimNode& node) { read_page(node, random_.below(kPageKeys)); });
      default:
        return with([](const SimNode& node) { return node.publishing; },
                    [&](SimNode& node) { read_item(node, key); });
    }
  }
  const std::size_t dice = random_.below(100);
  if (dice < 25) {
    with([](const SimNode& node) { return !node.polling; }, [this](SimNode& node) { poll(node); });
  } else if (dice < 40) {
    with([](const SimNode& node) { return !node.ticking; }, [this](SimNode& node) { tick(node); });
  } else if (dice < 52) {
    with([](const SimNode& node) { return node.publishing; },
         [this](SimNode& node) { publish(node); });
  } else if (dice < 56) {
    if (random_.once_in(10)) {
      with(idle, [this](SimNode& node) { write_as(node); });
    } else if (random_.once_in(10)) {
      request_resync();
    } else {
      write();
    }
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
    random_.once_in(3) ? ask_to_stand() : ask();
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
  settings.has_pages = name % 3 != 0;
  settings.before_refresh = [this] { return before_refresh(); };
  // A tenth of a second for each millisecond: see retry_policy().
  settings.clock = [this, began = now_] { return began + 100 * (now_ - began); };
  settings.now = [this] { return now_; };
  settings.shared = shared_;
  settings.origin = [database = databases_] { return Fingerprint{database}; };
  settings.hurry = [this, slot] {
    SimNode& rung = *slots_[slot];
    if (!rung.polling && !rung.dead && random_.once_in(2)) {
      poll(rung);
    }
  };
  settings.newest = [this] {
    SimNode* const current = std::exchange(current_, nullptr);  // our own look
    const EntryId newest = this->newest();
    current_ = current;
    return newest;
  };
  settings.violated = [this](const std::string& what) { watch_.violated(what); };
  settings.applied = [this, slot](const Instruction& instruction, EntryId entry) {
    applied(*slots_[slot], instruction, entry);
  };
  settings.resynced = [this, slot](const Resync& resync) { resynced(*slots_[slot], resync); };
  slots_[slot] = std::make_unique<SimNode>(store_, truth_, std::move(settings));
  SimNode& node = *slots_[slot];
  trace(node.name(), " starts as ", node.process());
  tell({.kind = history::Kind::start, .node = node.process()});
  node.restores = restores_;
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
  shared_hits_ += node.pages().statistics().shared_hits;
  tell({.kind = history::Kind::stop, .node = node.process()});
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
  const std::uint64_t outer = std::exchange(node.restores, restores_);
  step(node, [&] {
    node.poll();
    if (!node.ticking) {
      node.answer_if_asked(now_);
    }
    node.restores = outer;
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

void History::ask_to_stand() {
  const auto tool = store_.connect(Access::read_write);
  if (random_.once_in(3)) {
    trace("an operator resumes all nodes");
    tool->nodes().resume("", "operator");
  } else {
    const std::string name = "n" + std::to_string(random_.below(size_.width));
    trace("an operator pauses ", name);
    tool->nodes().pause(name, random_.between(1s, 1min), "operator");
  }
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
