// SPDX-License-Identifier: MIT
// Pages, which nodes read through hybrid caches. Most are made of an item, from the database or
// from the node's region; the others have data of their own, which is set besides. The half that
// nodes share fails, forgets and goes back.
#include <crier/codec.hpp>
#include <crier/error.hpp>

#include "cache/hybrid/invalidations.hpp"
#include "simulation/history.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace crier::test {

using history::Kind;

namespace {

// Of two keys each.
std::string tag_of(std::size_t key) { return key % 2 == 0 ? "even" : "odd"; }

// In the middle of what may store a page.
class Making {
 public:
  explicit Making(int& count) : count_(count) { ++count_; }
  ~Making() { --count_; }
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;

 private:
  int& count_;
};

}  // namespace

void History::begin_pages() {
  shared_->now = [this] { return store_.now; };
  shared_->before = [this](std::string_view operation) {
    if (is_out_ && !calm_) {
      throw Error(std::string(operation), "it is out of reach", Error::Kind::retryable);
    }
    before(operation);
  };
  shared_->after = [this](std::string_view operation) {
    after(operation);
    hold_up(operation, 20);
  };
}

// Items first: what is made of them is made anew later.
std::vector<Instruction> History::changed(std::size_t key) {
  std::vector<Instruction> instructions;
  const auto number = static_cast<std::int64_t>(key);
  const std::string name = std::to_string(key);
  if (key < kItemKeys) {
    instructions.push_back(Instruction::refresh_by_id(kItems, number));
  }
  const std::size_t dice = random_.below(8);
  instructions.push_back(dice == 0  ? Instruction::refresh_all(kPages)
                         : dice < 3 ? Instruction::refresh_by_id(kPages, number)
                         : dice < 6
                             ? Instruction::refresh_by_json(kPages, json_of_key(name))
                             : Instruction::refresh_by_json(kPages, json_of_tag(tag_of(key))));
  return instructions;
}

std::vector<std::string> History::pages_in(const Instruction& instruction) const {
  const HybridOrders orders = orders_of(instruction);
  std::vector<std::string> pages;
  for (std::size_t key = 0; key < kPageKeys; ++key) {
    if (!orders.all && (std::ranges::count(orders.keys, std::to_string(key)) != 0 ||
                        std::ranges::count(orders.tags, tag_of(key)) != 0)) {
      pages.push_back(page_name(key));
    }
  }
  return orders.all ? std::vector<std::string>{"pages/*"} : pages;
}

void History::change_page(std::size_t key, std::int64_t version, SimNode& node, Collector& batch) {
  const std::string name = std::to_string(key);
  if (key < kItemKeys) {
    batch.refresh(kItems, static_cast<std::int64_t>(key));
  }
  switch (random_.below(8)) {
    case 0:
      return node.pages().clear(batch);
    case 1:
    case 2:
      return node.pages().remove(name, batch);
    case 3:
    case 4:
      return node.pages().remove_by_tag(tag_of(key), batch);
    default:
      return node.pages().set(name, version, batch, {.tags = {tag_of(key)}});
  }
}

// The data is committed, then set.
void History::set_page(SimNode& node) {
  const std::size_t key = kItemKeys + random_.below(kPageKeys - kItemKeys);
  trace(node.name(), " sets page ", key);
  step(node, [&] {
    const Making making(making_);
    node.appending = true;
    try {
      SimNode* const current = std::exchange(current_, nullptr);
      const EntryId after = newest();
      current_ = current;
      const std::int64_t version = change_item(key, after);
      const EntryId entry = node.pages().set(std::to_string(key), version, {.tags = {tag_of(key)}});
      stop_the_dead("set");
      acknowledge(node, version, entry);
    } catch (const Error& error) {
      trace(node.name(), " fails to set page ", key);
    }
    node.appending = false;
  });
}

void History::read_page(SimNode& node, std::size_t key) {
  step(node, [&] {
    const Making making(making_);
    const std::int64_t began = ++ticks_;
    const std::string name = std::to_string(key);
    try {
      const SimNode::Pages::Pointer page =
          random_.once_in(4) ? node.pages().get(name)
                             : node.pages().get(name, [&] { return make_page(node, key); },
                                                {.tags = {tag_of(key)}});
      stop_the_dead("get");
      trace(node.name(), " reads ", page == nullptr ? 0 : *page, " of page ", key);
      if (page != nullptr) {
        tell({.kind = Kind::read,
              .node = node.process(),
              .began = began,
              .keys = {page_name(key)},
              .version = *page});
      }
    } catch (const Error&) {  // it died, or makes that page already
      trace(node.name(), " fails to read page ", key);
    }
  });
}

std::int64_t History::make_page(SimNode& node, std::size_t key) {
  hold_up("a factory", 8);
  const auto load = [&] { return load_item(node, key); };
  return key < kItemKeys && random_.once_in(2)
             ? *node.region().get(static_cast<std::int64_t>(key), load)
             : load();
}

void History::disturb_shared() {
  switch (random_.below(6)) {
    case 0:
      trace("the shared half is replicated");
      return shared_->replicate();
    case 1:
      trace("the shared half fails over to a replica");
      return shared_->fail_over();
    case 2:
      trace("the shared half is emptied");
      return shared_->empty();
    case 3:
      trace("the shared half loses its record");
      return shared_->lose_records();
    case 4:
      trace("the shared half forgets its marks");
      return shared_->forget_marks();
    default:
      is_out_ = !is_out_;
      trace("the shared half is ", is_out_ ? "out of reach" : "there again");
  }
}

}  // namespace crier::test
