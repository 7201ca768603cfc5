// SPDX-License-Identifier: MIT
#include <crier/crier.hpp>

#include "caches.hpp"
#include "lines.hpp"
#include "modes.hpp"
#include "product_table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace shop {
namespace {

using namespace std::chrono_literals;

constexpr auto kShowEvery = 500ms;
constexpr auto kReadEvery = 1ms;
constexpr auto kAuditDeadline = 30s;

// Hands what crier applied to the demo, and collects it for the terminal.
class Watcher final : public crier::Observer {
 public:
  explicit Watcher(int facts) : facts_(facts) {}

  void on_applied(const crier::Instruction& instruction, const crier::Source& source) override {
    write_line(facts_,
               "applied " + std::to_string(source.entry.value) + ' ' + std::to_string(now_ns()));
    const std::scoped_lock lock(mutex_);
    refreshed_.insert(refreshed_.end(), instruction.ids.begin(), instruction.ids.end());
  }
  void on_failure(const crier::Failure& failure) override {
    write_line(facts_, "failed " + std::to_string(failure.source.entry.value));
  }
  void on_resync(const crier::Resync& resync) override {
    write_line(facts_, "resync " + std::to_string(resync.entry.value));
  }

  // "refreshed 17 23 40 (+3)"; empty where there was nothing since the last call.
  [[nodiscard]] std::string summary() {
    constexpr std::size_t kShown = 8;
    std::vector<std::int64_t> ids;
    {
      const std::scoped_lock lock(mutex_);
      ids.swap(refreshed_);
    }
    std::ostringstream text;
    for (std::size_t i = 0; i < ids.size() && i < kShown; ++i) {
      text << (i == 0 ? "refreshed " : " ") << ids[i];
    }
    if (ids.size() > kShown) {
      text << " (+" << ids.size() - kShown << ')';
    }
    return text.str();
  }

 private:
  const int facts_;
  std::mutex mutex_;
  std::vector<std::int64_t> refreshed_;
};

void look_at(std::int64_t id, Caches& caches, ProductTable& table) {
  caches.pages.get(std::to_string(id), [&] {
    return page_of(id, *caches.products.get(id, [&] { return table.price(id); }));
  });
}

// The application's work: customers that look at products.
void read_pages(const std::stop_token& stop, Caches& caches, const std::string& store) {
  const auto table = ProductTable::open(store);
  std::mt19937_64 random(std::random_device{}());
  std::uniform_int_distribution<std::int64_t> any_product(1, ProductTable::kCount);
  while (!stop.stop_requested()) {
    look_at(any_product(random), caches, *table);
    std::this_thread::sleep_for(kReadEvery);
  }
}

void audit(crier::EntryId through, const crier::Node& node, Caches& caches, ProductTable& table,
           int facts) {
  const auto deadline = std::chrono::steady_clock::now() + kAuditDeadline;
  while (node.position() < through && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(1ms);
  }
  int prices = 0;
  int pages = 0;
  int stale = 0;
  for (const auto& [id, price] : table.all()) {
    if (const auto kept = caches.products.get(id)) {
      ++prices;
      stale += *kept == price ? 0 : 1;
    }
    if (const auto kept = caches.pages.get(std::to_string(id))) {
      ++pages;
      stale += *kept == page_of(id, price) ? 0 : 1;
    }
  }
  std::ostringstream fact;
  fact << "audited " << prices << ' ' << pages << ' ' << stale;
  write_line(facts, fact.str());
}

}  // namespace

int run_node(const Arguments& arguments) {
  const auto table = ProductTable::open(arguments.store);
  const auto watcher = std::make_shared<Watcher>(arguments.facts);

  Caches caches(arguments.store);
  crier::Options options;
  options.store = arguments.store;
  options.node_name = arguments.name;
  options.application = "shop";
  options.observer = watcher;
  // For `crier audit`: a price, or a page, is small enough to stand for its version.
  options.audit = {caches.products.audited(std::identity()), caches.pages.audited(std::identity())};
  options.fill_caches = [&] {
    for (std::int64_t id = 1; id <= ProductTable::kCount; ++id) {
      look_at(id, caches, *table);
    }
  };
  crier::Node node(options, caches.refreshers);
  node.start();
  write_line(arguments.facts, "ready");

  const std::jthread reader(
      [&](const std::stop_token& stop) { read_pages(stop, caches, arguments.store); });
  LineReader input(STDIN_FILENO);
  for (bool open = true; open;) {
    if (readable(STDIN_FILENO, kShowEvery)) {
      open = input.fill();
    }
    if (const std::string summary = watcher->summary(); !summary.empty()) {
      std::cout << arguments.name + "  " + summary + '\n' << std::flush;
    }
    while (const auto line = input.next()) {
      crier::EntryId through;
      std::string word;
      if (std::istringstream(*line) >> word >> through.value && word == "audit") {
        audit(through, node, caches, *table, arguments.facts);
      }
    }
  }
  return 0;
}

}  // namespace shop
