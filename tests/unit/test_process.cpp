// SPDX-License-Identifier: MIT
#include "base/process.hpp"
#include "support/eventually.hpp"
#include "support/forked.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
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

TEST_CASE("a text from a row is no path, and nothing is known of a process that has no number") {
  std::string around = this_process();
  for (int words = 0; words < 2; ++words) {
    around.resize(around.rfind(' '));
  }
  around += ' ';
  const TempDir dir;
  std::ofstream(dir / "stat") << this_process() << " (x) S 1";
  const std::string escape = "../.." + dir.path().string();
  for (const std::string& rest :
       {escape + " 1", std::string("self 1"), std::string("thread-self 1"), std::string("1/../1 1"),
        std::string("-1 1"), std::string("0 1"), std::string("+1 1"), std::string("1x 1"),
        std::string("99999999999 1"), std::string(" 1"), std::string("1 "), std::string("1"),
        std::string(""), std::to_string(getpid()) + " ../1", std::to_string(getpid()) + " 1 2"}) {
    CAPTURE(rest);
    CHECK_FALSE(process_is_gone(around + rest));
  }
  CHECK(process_is_gone(around + std::to_string(getpid()) + " 1"));
  // A pipe that nobody writes would hold up whoever opens it.
  std::filesystem::remove(dir / "stat");
  REQUIRE(mkfifo((dir / "stat").c_str(), 0600) == 0);
  CHECK_FALSE(process_is_gone(around + escape + " 1"));
}

}  // namespace
}  // namespace crier::test
