// SPDX-License-Identifier: MIT
#include <crier/error.hpp>

#include "interrupt.hpp"
#include "process.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"
#include "support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace crier::test {
namespace {

using crier::cli::Interrupt;
using namespace std::chrono_literals;

// Who is to wait for it may be slow, or nobody.
bool is_zombie(pid_t process) {
  return contents("/proc/" + std::to_string(process) + "/stat").find(") Z ") != std::string::npos;
}

void run_command(const std::string& command, const std::string& input) {
  crier::cli::run_command(command, input, Interrupt());
}

std::string failure(const std::string& command, const std::string& input = "") {
  try {
    run_command(command, input);
    return "it went well";
  } catch (const crier::Error& error) {
    return error.what();
  }
}

TEST_CASE("a command gets the input as it is") {
  const TempDir folder;
  const std::string path = folder / "got";
  const std::string input = std::string("{\"a\":1}\n\0\xff", 11) + std::string(300'000, 'x');
  run_command("cat > '" + path + "'", input);
  CHECK(contents(path) == input);
}

TEST_CASE("a command that does not read its input does no harm") {
  CHECK(failure("true", std::string(1'000'000, 'x')) == "it went well");
  CHECK(failure("exec <&-", std::string(1'000'000, 'x')) == "it went well");
}

TEST_CASE("a command that fails is an error, in words") {
  CHECK(failure("exit 3") == "the command given to --exec failed with exit status 3");
  CHECK(failure("kill -9 $$") == "the command given to --exec was killed by signal 9");
  CHECK(failure("/no/such/program 2>/dev/null") ==
        "the command given to --exec failed with exit status 127");
}

TEST_CASE("what a command prints is no data of ours") {
  const TempDir folder;
  const std::string path = folder / "data";
  const int before = ::dup(STDOUT_FILENO);
  const int data = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ::dup2(data, STDOUT_FILENO);
  const std::string result = failure("echo 'printed by a command'");
  ::dup2(before, STDOUT_FILENO);
  ::close(data);
  ::close(before);
  CHECK(result == "it went well");
  CHECK(contents(path).empty());
}

TEST_CASE("a command begins with signals as they are by default") {
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    struct sigaction ignore {
    }, before{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(signal, &ignore, &before);
    const std::string number = std::to_string(signal);
    const std::string killed = failure("kill -" + number + " $$; exit 0");
    ::sigaction(signal, &before, nullptr);
    CHECK(killed == "the command given to --exec was killed by signal " + number);
  }
}

TEST_CASE("a command gets its input where no temporary file can be made") {
  const TempDir folder;
  setenv("TMPDIR", "/no/such/folder", 1);
  CHECK(failure("grep -q x", "x\n") == "it went well");
  unsetenv("TMPDIR");
}

TEST_CASE("a command inherits no file of ours") {
  const TempDir folder;
  const auto count = [&](const char* name) {
    return "ls /proc/self/fd | wc -l > '" + (folder / name).string() + "'";
  };
  REQUIRE(std::system(count("before").c_str()) == 0);
  run_command(count("now"), "");
  CHECK(contents(folder / "now") == contents(folder / "before"));
}

TEST_CASE("after an interrupt a command may end, and is killed where it does not") {
  const TempDir folder;
  Interrupt interrupt;
  const auto outcome = [&](const std::string& command, const crier::cli::Grace& grace) {
    try {
      crier::cli::run_command(command, "", interrupt, grace);
      return std::string("it went well");
    } catch (const crier::Error& error) {
      return std::string(error.what());
    }
  };
  const std::string path = folder / "pid";
  std::thread other([&] {
    static_cast<void>(eventually([&] { return contents(path).ends_with("\n"); }));
    interrupt.trigger();
  });
  // A shell that does not wait for what it has started would leave that behind.
  const std::string waits = "sleep 1000 & echo $! > '" + path + "'; wait";
  CHECK(outcome(waits, {100ms, 1h}) == "the command given to --exec was killed by signal 15");
  other.join();
  const pid_t left = std::stoi(contents(path));
  CHECK(eventually([&] { return ::kill(left, 0) != 0 || is_zombie(left); }));
  CHECK(outcome("sleep 0.1", {1h, 1h}) == "it went well");
}

TEST_CASE("a command that does not heed the signal is killed") {
  const TempDir folder;
  const std::string path = folder / "deaf";
  const std::string deaf = "trap '' TERM; echo > '" + path + "'; while :; do sleep 1000; done";
  Interrupt interrupt;
  std::thread other([&] {
    static_cast<void>(eventually([&] { return !contents(path).empty(); }));
    interrupt.trigger();
  });
  std::string what;
  try {
    crier::cli::run_command(deaf, "", interrupt, {0ms, 100ms});
  } catch (const crier::Error& error) {
    what = error.what();
  }
  other.join();
  CHECK(what == "the command given to --exec was killed by signal 9");
}

}  // namespace
}  // namespace crier::test
