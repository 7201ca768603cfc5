// SPDX-License-Identifier: MIT
// What the pieces of one node cost, each against the least that SQLite needs for the same:
//   append_*, publish_call   writing
//   catch_up_100k, poll_*    reading
//   decode_rows              the codec alone
#include "bench/pieces.hpp"

namespace crier::bench {

namespace {

void measure(const Report& report) {
  const struct {
    const char* name;
    void (*measure)(const Report&);
  } pieces[] = {{"append_single", append_single},
                {"append_batch_100", append_batch_100},
                {"append_8_threads_full", append_8_threads_full},
                {"publish_call", publish_call},
                {"catch_up_100k", catch_up_100k},
                {"poll_at_10M_rows", poll_at_10M_rows},
                {"decode_rows", decode_rows}};
  for (const auto& piece : pieces) {
    if (report.wants(piece.name)) {
      piece.measure(report);
    }
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
