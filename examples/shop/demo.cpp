// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "crew.hpp"
#include "modes.hpp"
#include "product_table.hpp"
#include "tally.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string>

namespace shop {
namespace {

constexpr std::size_t kNodes = 3;
constexpr std::chrono::seconds kDeadline{60};

void create_database(const std::string& url) {
  const auto store = crier::open_store(url);
  if (store->pending().empty()) {
    throw std::runtime_error(store->name() +
                             " is in use already: remove it, or name another with --store");
  }
  store->connect(crier::Access::create)->schema().migrate();
  ProductTable::open(url)->create();
}

}  // namespace

int run_demo(const Arguments& arguments) {
  // A process that has ended must not end this one when it is told something.
  std::signal(SIGPIPE, SIG_IGN);
  create_database(arguments.store);

  Tally tally;
  bool stopping = false;
  bool writer_ended = false;
  Crew crew([&](const std::string& process, const std::string& fact) {
    tally.take(process, fact);
    if (!fact.starts_with("ended")) {
      return;
    }
    writer_ended = writer_ended || process == "writer";
    if (fact != "ended 0" || (process != "writer" && !stopping)) {
      throw std::runtime_error(process + " " + fact + " before its time");
    }
  });

  for (std::size_t i = 1; i <= kNodes; ++i) {
    crew.start("node-" + std::to_string(i), {"node", "--store", arguments.store});
  }
  crew.listen([&] { return tally.ready() == kNodes; }, kDeadline);

  std::cout << kNodes << " nodes have read every page; now prices change for "
            << arguments.seconds.count() << " s\n"
            << std::flush;
  crew.start("writer", {"writer", "--store", arguments.store, "--seconds",
                        std::to_string(arguments.seconds.count())});
  crew.listen([&] { return writer_ended; }, arguments.seconds + kDeadline);

  crew.tell("audit " + std::to_string(tally.last_entry()));
  crew.listen([&] { return tally.audited() == kNodes; }, kDeadline);

  stopping = true;
  crew.end_inputs();
  crew.listen([&] { return crew.running() == 0; }, kDeadline);

  tally.print(std::cout);
  std::cout << (tally.all_well()
                    ? "no cached price or page is stale, and no node missed an entry\n"
                    : "FAILED: a node missed an entry, or keeps a stale price or page\n")
            << "the database: " << arguments.store << '\n';
  return tally.all_well() ? 0 : 1;
}

}  // namespace shop
