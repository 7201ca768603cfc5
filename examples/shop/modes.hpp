// SPDX-License-Identifier: MIT
#pragma once

#include <crier/guid.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace shop {

inline constexpr crier::Guid kProducts =
    crier::Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

// What the command line says. Each mode takes what it needs.
struct Arguments {
  std::string store;                        // --store: the database, as crier takes it
  std::string name = "node";                // --name: of this node
  std::chrono::seconds seconds{8};          // --seconds: how long each half of the demo takes
  std::optional<std::chrono::seconds> ttl;  // --ttl: how long prices are cached; crier is left out
  // What the demo hands to its processes.
  int facts = -1;        // --facts: a descriptor that takes what it has to know
  int board = -1;        // --board: of the Board that all share
  std::size_t slot = 0;  // --slot: where this node counts its reads
};

// Creates the database, and runs three nodes and a writer as processes, twice: with a time limit
// for cached prices, then with crier. 0 if nothing in a cache of the second half is wrong at its
// end; 130 after Ctrl-C.
int run_demo(const Arguments& arguments);

// One node: reads products through its cache until its input ends. An "audit <entry>" there asks
// how many of the cached prices are wrong once the entry is applied.
// Facts: "ready", "audited <prices> <wrong>".
int run_node(const Arguments& arguments);

// Changes prices at a steady pace, and publishes each change unless there is a --ttl.
// Facts: "ready", "last <entry>".
int run_writer(const Arguments& arguments);

}  // namespace shop
