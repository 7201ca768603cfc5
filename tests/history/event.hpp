// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crier::history {

// What can be told of a cluster. Versions are numbers of the data, which only grow, also across a
// restore: no two changes bear the same. A key is CACHE/NAME; CACHE/* are all of a cache's.
enum class Kind : std::uint8_t {
  start,      // node: it begins, with nothing cached, and has not yet taken its place in the log
  stop,       // node
  publish,    // node, id, entry, first, last, keys: the change `id` is about to be committed. It
              // gives `keys` versions from `first` to `last`. Entry 0: not known yet; the node is
              // "-" if none has a part in it
  failed,     // id: it was rolled back
  committed,  // id: the data is there, whether or not an entry tells of it
  acknowledged,  // node, id, entry: told to the cluster, and applied by the node that published it
  applied,       // node, entry, keys: refreshed because of this entry
  at,            // node, entry: its position
  resync,        // node, entry: it has refreshed everything, and goes on from there
  load,          // node, began, key, version: its loader read this from the database
  read,          // node, began, key, version: its cache gave this; version 0: there is none
  waited,        // nodes, began, entry, yes: the answer to who waited until they have applied it
  restore,       // began, entry, first, last: the database is as of when `entry` was its newest;
                 // versions from `first` to `last` are gone. It began with nobody able to write
  kill,          // process: at once, by another one
  pause,         // process
  resume,        // process
  clone,         // process: another one begins as it is
  schema,        // text: the tables were changed
  end,           // the process tells no more
};

[[nodiscard]] std::string_view to_string(Kind kind) noexcept;

struct Event {
  Kind kind = Kind::end;
  std::int64_t time = 0;  // nanoseconds of CLOCK_MONOTONIC, which a machine's processes share
  std::string node = {};
  std::int64_t began = 0;  // 0: right then
  std::string id = {};
  std::int64_t entry = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::vector<std::string> keys = {};
  std::int64_t version = 0;
  bool yes = false;
};

// "17 read node-1 12 shop/7 42", without an end of line.
[[nodiscard]] std::string print(const Event& event);
// Throws std::invalid_argument, which says what is wrong.
[[nodiscard]] Event parse(std::string_view line);

// All keys of the cache that `key` is of.
[[nodiscard]] std::string all_of(std::string_view key);
// The parts between the commas.
[[nodiscard]] std::vector<std::string> split(std::string_view list);

}  // namespace crier::history
