// SPDX-License-Identifier: MIT
// What the store in PostgreSQL costs, against the least that the server needs for the same:
//   append_1, append_16   publishers on connections of their own; each commit waits for the disk
//   group_16              threads of one process, which share commits
//   propagation           until another process has it
//   idle_node             what a node asks of the server when nothing happens
#include "bench/postgres.hpp"

#include <crier/admin/store.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

namespace crier::bench {

PostgresShop::PostgresShop() { open_store(url())->connect(Access::create)->schema().migrate(); }

namespace {

void measure(const Report& report) {
  const struct {
    const char* name;
    void (*measure)(const Report&);
  } pieces[] = {{"pg_append_1", pg_append_1},
                {"pg_append_16", pg_append_16},
                {"pg_group_16", pg_group_16},
                {"pg_propagation", pg_propagation},
                {"pg_idle_node", pg_idle_node}};
  const auto wanted = [&](const auto& piece) { return report.wants(piece.name); };
  if (std::none_of(std::begin(pieces), std::end(pieces), wanted) ||
      test::postgres_folder().empty()) {
    return;
  }
  {
    const test::PostgresSpace space;
    test::RawPostgres server(space.conninfo());
    for (const char* const setting :
         {"server_version", "fsync", "synchronous_commit", "wal_sync_method", "shared_buffers"}) {
      std::fprintf(stderr, "%s %s; ", setting,
                   server.value(std::string("SHOW ") + setting).c_str());
    }
    std::fprintf(stderr, "over a socket\n");
  }
  for (const auto& piece : pieces) {
    if (wanted(piece)) {
      piece.measure(report);
    }
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
