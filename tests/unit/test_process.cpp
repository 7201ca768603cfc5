// SPDX-License-Identifier: MIT
#include "base/process.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace crier::test {
namespace {

TEST_CASE("this process lives, and is always the same") {
  CHECK_FALSE(this_process().empty());
  CHECK(this_process() == this_process());
  CHECK_FALSE(process_is_gone(this_process()));
}

TEST_CASE("a process is gone once it has ended, also before anyone has reaped it") {
  const TempDir dir;
  const std::string path = dir / "identity";
  Forked child([&] {
    std::ofstream(path) << this_process() << std::endl;
    return pause();
  });
  std::string identity;
  REQUIRE(eventually([&] {
    std::ifstream file(path);
    return static_cast<bool>(std::getline(file, identity)) && !file.eof();
  }));
  CHECK(identity != this_process());
  CHECK_FALSE(process_is_gone(identity));
  // Its id, used again by one that began at another time.
  CHECK(process_is_gone(identity + "0"));

  kill(child.pid(), SIGKILL);
  siginfo_t ignored;
  waitid(P_PID, static_cast<id_t>(child.pid()), &ignored, WEXITED | WNOWAIT);
  CHECK(process_is_gone(identity));
  child.wait();
  CHECK(process_is_gone(identity));
}

TEST_CASE("of a process of another boot or namespace nothing is known") {
  CHECK_FALSE(process_is_gone(""));
  CHECK_FALSE(process_is_gone("1 2"));
  std::string elsewhere = this_process() + "0";
  REQUIRE(process_is_gone(elsewhere));
  elsewhere[0] = elsewhere[0] == 'a' ? 'b' : 'a';
  CHECK_FALSE(process_is_gone(elsewhere));
}

}  // namespace
}  // namespace crier::test
