// SPDX-License-Identifier: MIT
// The services of contrib/systemd, by systemd's own judgement, and what a node tells a service
// manager.
#include "cli/database.hpp"
#include "cli/tree.hpp"
#include "shells/run_program.hpp"
#include "support/child.hpp"
#include "support/contents.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// What hears a service: its socket, and the lines that came.
class Manager {
 public:
  // A path, or a name that begins with '@'.
  explicit Manager(const std::string& name)
      : name_(name), fd_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name[0] == '@') {
      address.sun_path[0] = '\0';
    }
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())) == 0);
  }
  ~Manager() { close(fd_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // The next message; "" if none comes within `patience`.
  [[nodiscard]] std::string hear(std::chrono::milliseconds patience = 60s) const {
    pollfd readable{fd_, POLLIN, 0};
    if (poll(&readable, 1, static_cast<int>(patience.count())) <= 0) {
      return "";
    }
    char bytes[8192];
    const ssize_t size = recv(fd_, bytes, sizeof bytes, 0);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
  // Whether a message that begins so comes.
  [[nodiscard]] bool hears(const std::string& beginning) const {
    for (std::string heard; !(heard = hear()).empty();) {
      if (heard.starts_with(beginning)) {
        return true;
      }
    }
    return false;
  }

  [[nodiscard]] std::unique_ptr<Child> start(const Database& database, const Args& more) const {
    Args words{"/usr/bin/env",
               "NOTIFY_SOCKET=" + name_,
               "WATCHDOG_USEC=200000",
               built_program("cli/crier"),
               "--store",
               database.url(),
               "node",
               "--name",
               "web-1",
               "--notify"};
    words.insert(words.end(), more.begin(), more.end());
    return std::make_unique<Child>(database.folder().path(), "node", words);
  }

 private:
  const std::string name_;
  const int fd_;
};

TEST_CASE("a node tells its service manager that it is ready, how it fares, and that it stops") {
  const Database database;
  std::string name = database.folder() / "notify";
  SUBCASE("at a path") {}
  SUBCASE("at a name of the kernel's") { name = "@" + name; }
  const Manager manager(name);
  const std::string got = database.folder() / "got";
  const auto node = manager.start(database, {"--exec", "env > '" + got + "'"});
  CHECK(manager.hear() == "READY=1");
  CHECK(manager.hears("STATUS=ok, applied through entry 0"));
  for (int i = 0; i < 3; ++i) {
    CHECK(manager.hears("WATCHDOG=1"));
  }
  database.put(1, all_of(kProducts));
  CHECK(manager.hears("STATUS=ok, applied through entry 1"));
  CHECK(contents(got).find("PATH=") != std::string::npos);
  for (const char* word : {"NOTIFY_SOCKET", "WATCHDOG_"}) {  // the node alone speaks for itself
    CHECK(contents(got).find(word) == std::string::npos);
  }
  node->signal(SIGTERM);
  CHECK(manager.hears("STOPPING=1"));
  CHECK(node->wait() == 0);
  CHECK(text_of(node->err()).find("WatchdogSec is 200ms") != std::string::npos);
}

TEST_CASE(
    "a node is alive for its service manager while it can't look or may not, but not while it "
    "hangs") {
  const Database database;
  const Manager manager(database.folder() / "notify");
  const auto node = manager.start(database, {"--exec", "sleep 1000"});
  REQUIRE(manager.hears("WATCHDOG=1"));
  SUBCASE("without a database") {
    std::filesystem::remove(database.path());
    REQUIRE(eventually([&] { return text_of(node->err()).find("poll") != std::string::npos; }));
    CHECK(manager.hears("WATCHDOG=1"));
    CHECK(manager.hears("WATCHDOG=1"));
  }
  SUBCASE("paused by an operator") {
    REQUIRE(database.run({"pause", "web-1"}).code == 0);
    REQUIRE(manager.hears("STATUS=degraded"));
    for (int i = 0; i < 20; ++i) {  // far more often than its poller would still look
      REQUIRE(manager.hears("WATCHDOG=1"));
    }
  }
  SUBCASE("with a command that hangs") {
    database.put(1, all_of(kProducts));
    // Its poller looks twice a second, and then waits for the command.
    CHECK(eventually([&] { return manager.hear(2s).empty(); }));
    node->signal(SIGTERM);
    CHECK(manager.hears("STOPPING=1"));
    CHECK(node->wait() == 0);
  }
}

TEST_CASE("a node refuses a service manager that is none") {
  const Database database;
  const auto run = [&](const std::string& socket) {
    return run_program(
        database.folder(),
        {"env", "NOTIFY_SOCKET=" + socket, "crier", "node", "--name", "a", "--notify"},
        database.url());
  };
  CHECK(run("").code == 2);
  CHECK(run("").err == Args{"crier: --notify: NOTIFY_SOCKET is not set; systemd sets it for a "
                            "service of Type=notify"});
  CHECK(run("here").code == 2);
  CHECK(run("here").err == Args{"crier: --notify: NOTIFY_SOCKET is \"here\": a path from the root, "
                                "or a name that begins with '@'"});
  CHECK(run("/" + std::string(120, 'x')).code == 2);
  const Ran nobody = run("/no/such/socket");
  CHECK(nobody.code == 1);
  CHECK(nobody.err.back() ==
        "crier: nothing reaches NOTIFY_SOCKET, \"/no/such/socket\": No such file or directory");
}

// The units, with the tool of this build.
std::vector<std::string> units(const TempDir& folder) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(source_file("contrib/systemd"))) {
    std::string text = contents(file.path());
    const std::string installed = "/usr/bin/crier";
    if (const std::size_t at = text.find(installed); at != std::string::npos) {
      text.replace(at, installed.size(), built_program("cli/crier"));
    }
    names.push_back(file.path().filename());
    names.back().insert(names.back().find('@') + 1, "web-1");
    write_file(folder, names.back(), text);
  }
  return names;
}

TEST_CASE("systemd takes the units, and finds little that they are exposed to") {
  if (!is_here("systemd-analyze", "systemd")) {
    return;
  }
  const TempDir folder;
  const std::vector<std::string> names = units(folder);
  REQUIRE(names.size() == 3);
  Args command{"systemd-analyze", "verify", "--man=no"};
  command.insert(command.end(), names.begin(), names.end());
  const Ran verified = run_program(folder, command);
  CHECK(verified.code == 0);
  CHECK(text_of(verified.err) == "");
  for (const std::string& name : names) {
    if (name.ends_with(".service")) {  // at most 2.0 of 10
      const Ran judged = run_program(folder, {"systemd-analyze", "security", "--offline=true",
                                              "--no-pager", "--threshold=20", folder / name});
      CHECK_MESSAGE(judged.code == 0, text_of(judged.out));
    }
  }
}

// Node.js, Java and .NET end at once if they may make no code while they run.
TEST_CASE("the unit of a node lets its commands be of any language") {
  std::istringstream lines("\n" + contents(source_file("contrib/systemd/crier-node@.service")));
  for (std::string line; std::getline(lines, line);) {
    CHECK_FALSE(line.starts_with("MemoryDenyWriteExecute="));
  }
}

TEST_CASE("the units call the tool as it is called") {
  for (const auto& file : std::filesystem::directory_iterator(source_file("contrib/systemd"))) {
    std::istringstream lines(contents(file.path()));
    for (std::string line; std::getline(lines, line);) {
      const std::string tool = "ExecStart=/usr/bin/crier ";
      if (!line.starts_with(tool)) {
        continue;
      }
      std::istringstream words(line.substr(tool.size()));
      std::string word;
      words >> word;
      const auto commands = all_commands();
      const auto found = std::ranges::find_if(
          commands, [&](const auto* command) { return command->full_name() == "crier " + word; });
      REQUIRE(found != commands.end());
      const std::vector<std::string> options = option_names(**found);
      while (words >> word) {
        CAPTURE(word);
        CHECK((!word.starts_with("--") || std::ranges::count(options, word) == 1));
      }
    }
  }
}

}  // namespace
}  // namespace crier::test
