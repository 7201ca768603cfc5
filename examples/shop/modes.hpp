// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>

namespace shop {

// What the command line says. Each mode takes what it needs.
struct Arguments {
  std::string store;                // --store: the database, as crier takes it
  std::string name = "node";        // --name: of this node
  std::chrono::seconds seconds{5};  // --seconds: how long prices change
  int facts = -1;                   // --facts: a descriptor that takes what the demo counts
};

// Creates the database and starts three nodes and a writer, as processes; at the end compares what
// they say. 0 where every node has applied every entry, and nothing in its caches is stale.
int run_demo(const Arguments& arguments);

// One node: reads products through its cache, and shows what was refreshed. Ends with its input;
// an "audit <entry>" there asks how many of the cached prices and pages are stale once the entry is
// applied. Facts: "ready", "applied <entry> <ns>", "resync <entry>", "failed <entry>", "audited
// <prices> <pages> <stale>".
int run_node(const Arguments& arguments);

// Changes prices at a steady pace, and publishes each change.
// Facts: "published <entry> <changes> <ns>".
int run_writer(const Arguments& arguments);

}  // namespace shop
