// SPDX-License-Identifier: MIT
#include "shells/mute_server.hpp"
#include "shells/run_program.hpp"

#include <doctest/doctest.h>

namespace crier::test {
namespace {

#ifdef CRIER_HAS_POSTGRES

TEST_CASE("who asks for names does not wait for a server that does not answer") {
  const MuteServer server;
  const TempDir folder;
  // Else it would be killed by the test, which is a failure.
  const Ran ran = run_program(folder, {"crier", "known-names", "nodes"}, server.url());
  CHECK(ran.code == 4);
  CHECK(ran.out.empty());
  CHECK(ran.err.empty());
}

#endif

}  // namespace
}  // namespace crier::test
