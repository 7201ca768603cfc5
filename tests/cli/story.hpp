// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/history.hpp>

#include "cli/cluster.hpp"
#include "json.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace crier::test {

/// The time of an entry's stamp: long ago, whatever the clock of this machine says.
inline std::chrono::milliseconds moment(int seconds) {
  using namespace std::chrono_literals;
  return (std::chrono::sys_days(std::chrono::year(2020) / 11 / 21) + 10h +
          std::chrono::seconds(seconds))
      .time_since_epoch();
}

/// Entries 1 to 9, of which the odd ones concern product 42, and nodes that have told of them.
struct Story {
  Database database;

  Story() {
    for (std::int64_t id = 1; id <= 9; ++id) {
      database.put(id, ids_of(kProducts, id % 2 == 0 ? "[7]" : "[1,42]"));
    }
    run_sql(database.path(),
            "UPDATE crierCacheInstruction SET utcStamp = replace(utcStamp, '2026', '2020')");
  }

  // It has the refresher, stands at `position`, and has told so.
  NodeReport join(const std::string& name, std::int64_t position) const {
    NodeReport node = report_of(name, position);
    declare(database, node, {{kProducts, "Products"}});
    return node;
  }
  void told(const NodeReport& node, const std::vector<ProgressMark>& marks) const {
    with([&](Connection& connection) { connection.history().record_progress(node, marks, false); });
  }
  void happened(const NodeReport& node, const std::string& kind, const std::string& detail,
                std::chrono::milliseconds when) const {
    with([&](Connection& connection) {
      EventRecord event;
      event.kind = kind;
      event.node = node.name;
      event.incarnation = node.incarnation;
      event.detail = detail;
      connection.history().record({&event, 1});
    });
    run_sql(database.path(), "UPDATE crierEvent SET atMs = " + std::to_string(when.count()) +
                                 " WHERE id = (SELECT max(id) FROM crierEvent)");
  }
  template <class Body>
  void with(Body body) const {
    const auto store = open_store(database.url());
    body(*store->connect(Access::read_write));
  }

  [[nodiscard]] std::vector<cli::Json> explain(Args options = {}) const {
    Args args{"explain", kProducts, "42", "--json"};
    args.insert(args.end(), options.begin(), options.end());
    const Outcome outcome = database.run(args);
    CHECK_MESSAGE(outcome.code == 0, outcome.err);
    std::vector<cli::Json> lines;
    std::istringstream text(outcome.out);
    for (std::string line; std::getline(text, line);) {
      lines.push_back(cli::Json::parse(line));
    }
    return lines;
  }
  // What became of an entry on a node, its latest start.
  [[nodiscard]] cli::Json on(const std::string& name, std::int64_t entry) const {
    cli::Json fate;
    for (const cli::Json& line : explain()) {
      for (const cli::Json& node : line["nodes"]) {
        if (line["entry"] == entry && node["name"] == name) {
          fate = node;
        }
      }
    }
    return fate;
  }
  [[nodiscard]] std::string fate(const std::string& name, std::int64_t entry) const {
    return on(name, entry)["fate"];
  }
};

inline ProgressMark mark(std::int64_t position, int seconds) {
  return {{position}, moment(seconds)};
}

}  // namespace crier::test
