// SPDX-License-Identifier: MIT
#include "bench/bare_postgres.hpp"
#include "bench/carrier.hpp"
#include "bench/course.hpp"
#include "bench/postgres.hpp"
#include "bench/process.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"
#include "support/eventually.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <unistd.h>

namespace crier::bench {

namespace {

using namespace std::chrono_literals;

// So far, of all threads.
double cpu_ms(pid_t process) {
  double sum = 0;
  const std::filesystem::path tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    double nanoseconds = 0;
    std::ifstream(task.path() / "schedstat") >> nanoseconds;
    sum += nanoseconds / 1e6;
  }
  return sum;
}

}  // namespace

void pg_propagation(const Report& report) {
  const PostgresShop ours;
  const PostgresShop theirs;
  for (const auto& [name, pace, full, quick] : {std::tuple("pg_propagation", 20ms, 100, 50),
                                                std::tuple("pg_propagation_busy", 2ms, 500, 200)}) {
    Latencies crier;
    Latencies bare;
    const Course course{1, report.pick(full, quick, 5), pace};
    for (int i = report.pick(9, 5, 1); i > 0; --i) {
      crier.add(latencies_us(*carried_by_crier_on(ours.url()), course));
      bare.add(latencies_us(*carried_by_bare_postgres(theirs.conninfo()), course));
    }
    const std::string peer = "bare NOTIFY and SELECT";
    report.compare(name + std::string("_p50"), {median(crier.p50), median(bare.p50)}, "us", peer,
                   Aim::at_most(1.3));
    report.compare(name + std::string("_p99"), {median(crier.p99), median(bare.p99)}, "us", peer);
  }
}

void pg_idle_node(const Report& report) {
  const PostgresShop shop;
  BarePostgres server(shop.conninfo());
  const auto node = process([&] {
    const auto idle = start_node(shop.url("&application_name=idle"), "idle");
    pause();
    return 0;
  });
  const std::string sessions = " FROM pg_stat_activity WHERE application_name = 'idle'";
  if (!test::eventually(
          [&] { return server.value("SELECT count(*) FROM crierNode WHERE role <> 0") == "1"; })) {
    throw std::runtime_error("the node did not settle");
  }
  std::this_thread::sleep_for(report.pick(2, 2, 0) * 1s);  // until each thread has its connection
  std::vector<pid_t> backends;
  std::istringstream pids(server.value("SELECT string_agg(pid::text, ' ')" + sessions));
  for (pid_t pid = 0; pids >> pid;) {
    backends.push_back(pid);
  }
  const auto in_server = [&] {
    double sum = 0;
    for (const pid_t pid : backends) {
      sum += cpu_ms(pid);
    }
    return sum;
  };
  // Each of its statements is a transaction, of which there are no others in this database; they
  // are counted when a session has been idle for a second.
  const auto transactions = [&] {
    server.value("SELECT pg_stat_clear_snapshot()");
    return std::stod(
        server.value("SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = "
                     "current_database()"));
  };
  const double queries = transactions();
  const double in_node = cpu_ms(node->pid());
  const double outside = in_server();
  const auto begin = Clock::now();
  std::this_thread::sleep_for(report.window());
  const double minutes = seconds_since(begin) / 60;
  report.value("pg_idle_node_connections", static_cast<double>(backends.size()), "connections");
  report.value("pg_idle_node_cpu", (cpu_ms(node->pid()) - in_node) / minutes, "ms of CPU a minute",
               Aim::at_most(60));
  report.value("pg_idle_node_server_cpu", (in_server() - outside) / minutes,
               "ms of the server's CPU a minute");
  report.value("pg_idle_node_queries", (transactions() - queries) / minutes,
               "transactions a minute");
}

}  // namespace crier::bench
