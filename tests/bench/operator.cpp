// SPDX-License-Identifier: MIT
// What an operator waits for: the tool as a process of its own, from its start to its end, on a log
// of 10 million entries and 200 nodes, all of them live and well; and what `crier top` takes for
// one look and what it draws of it.
#include <crier/admin/store.hpp>
#include <crier/error.hpp>

#include "bench/bare_database.hpp"
#include "bench/explain.hpp"
#include "bench/process.hpp"
#include "bench/report.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"
#include "interrupt.hpp"
#include "session.hpp"
#include "support/files.hpp"
#include "top_looks.hpp"
#include "top_view.hpp"

#include <chrono>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace crier::bench {

namespace {

using namespace std::chrono_literals;

void fill(const Shop& shop, int entries, int nodes) {
  BareDatabase bare(shop.path(), "OFF");
  bare.execute(
      "WITH RECURSIVE ids(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < " +
      std::to_string(entries) +
      ") INSERT INTO crierCacheInstruction SELECT id, strftime('%Y-%m-%d %H:%M:%f', 'now'), '" +
      entry_of(1234, "").json_instruction +
      "', 'web-1/shop [P42/D1] 0123456789ABCDEF0123456789ABCDEF', 1 "
      "FROM ids; PRAGMA wal_checkpoint(TRUNCATE)");
  const auto connection = open_store(shop.url())->connect(Access::read_write);
  for (int i = 0; i < nodes; ++i) {
    NodeReport report;
    report.incarnation = Guid::random();
    report.name = "node-" + std::to_string(i);
    report.host = "vm-" + std::to_string(i % 10);
    report.application = "shop";
    report.version = "1.2.3";
    report.interval = 1h;
    report.position = EntryId{entries};
    report.role = i == 0 ? Role::scheduling_publisher : Role::subscriber;
    connection->nodes().beat(report);
    if (i == 0) {
      connection->leases().hold(report.incarnation, 10h);
    }
  }
}

// Milliseconds from the start of the tool to its end.
double tool_ms(const Shop& shop, const std::string& command) {
  const auto begin = Clock::now();
  const auto tool =
      process([program = test::built_program("cli/crier"), url = shop.url(), command] {
        const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execl(program.c_str(), program.c_str(), "--store", url.c_str(), command.c_str(), nullptr);
        return 127;
      });
  const int code = tool->wait();
  const double ms = seconds_since(begin) * 1e3;
  if (code != 0) {
    throw Error("bench", "crier " + command + " ended with " + std::to_string(code));
  }
  return ms;
}

class Top {
 public:
  explicit Top(const Shop& shop) : session_{{in_, out_, out_}, interrupt_, shop.url()} {}

  double refresh_ms() {
    const auto begin = Clock::now();
    looks_.ask();
    pollfd ended{looks_.file(), POLLIN, 0};
    std::optional<cli::TopLook> look;
    while (!look && poll(&ended, 1, 60'000) == 1) {
      look = looks_.take();
    }
    if (!look || !look->error.empty()) {
      throw Error("bench", "crier top can't look: " + (look ? look->error : "no answer"));
    }
    if (cli::top_lines(*look, {}, {}, cli::Paint()).size() < 10) {
      throw Error("bench", "crier top draws too little");
    }
    return seconds_since(begin) * 1e3;
  }

 private:
  std::istringstream in_;
  std::ostringstream out_;
  cli::Interrupt interrupt_;
  cli::Session session_;
  cli::TopLooks looks_{session_, {}};
};

void measure(const Report& report) {
  explain(report);
  const std::vector<std::string> commands{"version", "status", "nodes", "metrics", "list"};
  if (!report.wants("operator")) {
    return;
  }
  const Shop shop;
  fill(shop, report.pick(10'000'000, 1'000'000, 1'000), report.pick(200, 200, 20));
  for (const std::string& command : commands) {
    const std::string name = "operator_" + command;
    if (!report.wants(name)) {
      continue;
    }
    std::vector<double> ms;
    for (int i = report.pick(21, 11, 1); i > 0; --i) {
      ms.push_back(tool_ms(shop, command));
    }
    report.value(name, median(ms), "ms", Aim::at_most(50));
  }
  if (report.wants("operator_top")) {
    Top top(shop);
    top.refresh_ms();  // the first one opens the log
    std::vector<double> ms;
    for (int i = report.pick(21, 11, 1); i > 0; --i) {
      ms.push_back(top.refresh_ms());
    }
    report.value("operator_top", median(ms), "ms", Aim::at_most(50));
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
