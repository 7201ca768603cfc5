// SPDX-License-Identifier: MIT
// What a cluster costs on one host, with real processes:
//   idle     CPU time and writes of an idle node, with 1, 20 and 200 of them
//   publish  appends beside the heartbeats of 200 nodes, against appends beside none
//   wait     wait_everywhere with 10 idle nodes: median and worst
// A table for people, and with --json one object per line. `--seconds N` is how long to look at
// each number of idle nodes (default 20).
#include <crier/crier.hpp>

#include "support/forked.hpp"
#include "support/temp_dir.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using namespace crier;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Guid kProducts = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();

bool json = false;

void print(const std::string& name, double value, const char* unit) {
  if (json) {
    std::printf("{\"name\":\"%s\",\"crier\":%.3f,\"unit\":\"%s\"}\n", name.c_str(), value, unit);
  } else {
    std::printf("%-34s %12.3f %s\n", name.c_str(), value, unit);
  }
  std::fflush(stdout);
}

void print_ratio(const std::string& name, double value, double peer, const char* peer_name) {
  if (json) {
    std::printf(
        "{\"name\":\"%s\",\"crier\":%.1f,\"peer\":%.1f,\"peer_name\":\"%s\",\"ratio\":%.3f}\n",
        name.c_str(), value, peer, peer_name, value / peer);
  } else {
    std::printf("%-34s %12.1f against %.1f (%s): ratio %.3f\n", name.c_str(), value, peer,
                peer_name, value / peer);
  }
  std::fflush(stdout);
}

struct Products final : CacheRefresher {
  [[nodiscard]] Guid id() const override { return kProducts; }
  [[nodiscard]] std::string_view name() const override { return "products"; }
  void refresh_all() override {}
  void refresh(std::int64_t) override {}
  void refresh(const Guid&) override {}
  void remove(std::int64_t) override {}
};

std::unique_ptr<Node> start_node(const std::string& url, const std::string& name) {
  Options options;
  options.store = url;
  options.node_name = name;
  options.migrate_on_start = true;
  options.log = [](LogLevel, std::string_view) {};
  Registry refreshers;
  refreshers.add(std::make_shared<Products>());
  auto node = std::make_unique<Node>(options, std::move(refreshers));
  node->start();
  return node;
}

struct Cost {
  double cpu_ms = 0;
  double beats = 0;
  double kib_written = 0;
};

// Idle nodes, each a process of its own with the default options. Made while this process has one
// thread.
class Crowd {
 public:
  Crowd(const std::string& url, int count) {
    open_store(url)->connect(Access::create)->schema().migrate();
    for (int i = 0; i < count; ++i) {
      nodes_.push_back(std::make_unique<test::Forked>([url, i] {
        const auto node = start_node(url, "idle-" + std::to_string(i));
        pause();
        return 0;
      }));
    }
    connection_ = open_store(url)->connect(Access::read_only);
    while (connection_->nodes().list().size() < static_cast<std::size_t>(count)) {
      std::this_thread::sleep_for(10ms);
    }
    std::this_thread::sleep_for(2s);  // until the roles are settled
  }

  // So far, of all of them: by the scheduler's count, by the database's, and by the kernel's of
  // bytes that were written.
  [[nodiscard]] Cost cost() const {
    Cost cost;
    for (const auto& node : nodes_) {
      const std::filesystem::path proc = "/proc/" + std::to_string(node->pid());
      for (const auto& task : std::filesystem::directory_iterator(proc / "task")) {
        double nanoseconds = 0;
        std::ifstream(task.path() / "schedstat") >> nanoseconds;
        cost.cpu_ms += nanoseconds / 1e6;
      }
      std::ifstream io(proc / "io");
      double bytes = 0;
      for (std::string field; io >> field >> bytes;) {
        cost.kib_written += field == "wchar:" ? bytes / 1024 : 0;
      }
    }
    for (const NodeRecord& record : connection_->nodes().list()) {
      cost.beats +=
          static_cast<double>(record.uptime.count()) / static_cast<double>(record.interval.count());
    }
    return cost;
  }

 private:
  std::unique_ptr<Connection> connection_;
  std::vector<std::unique_ptr<test::Forked>> nodes_;
};

void idle(int count, std::chrono::seconds window) {
  const test::TempDir dir;
  const std::string url = "sqlite:" + (dir / "shop.db").string();
  const Crowd crowd(url, count);
  const Cost before = crowd.cost();
  const auto begin = Clock::now();
  std::this_thread::sleep_for(window);
  const Cost after = crowd.cost();
  const double node_minutes =
      count * std::chrono::duration<double>(Clock::now() - begin).count() / 60;
  const std::string name = "idle_" + std::to_string(count);
  print(name + "_cpu", (after.cpu_ms - before.cpu_ms) / node_minutes,
        "ms of CPU per node and minute");
  print(name + "_beats", (after.beats - before.beats) / node_minutes, "beats per node and minute");
  print(name + "_written", (after.kib_written - before.kib_written) / node_minutes,
        "KiB written per node and minute");
}

// Beats for 200 nodes, 40 in a second, as a process of its own.
std::unique_ptr<test::Forked> beats_of_200(const std::string& url) {
  return std::make_unique<test::Forked>([url] {
    const auto connection = open_store(url)->connect(Access::read_write);
    std::vector<NodeReport> reports(200);
    for (std::size_t i = 0; i < reports.size(); ++i) {
      reports[i].incarnation = Guid::random();
      reports[i].name = "node-" + std::to_string(i);
      connection->nodes().beat(reports[i]);
    }
    for (std::size_t i = 0;; i = (i + 1) % reports.size()) {
      connection->nodes().beat(reports[i]);
      connection->leases().hold(reports[i].incarnation, 15s);
      std::this_thread::sleep_for(25ms);
    }
    return 0;
  });
}

// Appends in a second, and the 99th percentile of their time in microseconds.
struct Rate {
  double per_second;
  double p99_us;
};
Rate append_rate(const std::string& url) {
  const auto connection = open_store(url)->connect(Access::read_write);
  const std::vector<NewEntry> entry{{"bench", 1, R"([{"RefreshType":0}])"}};
  constexpr int kCount = 50'000;
  std::vector<double> us;
  const auto begin = Clock::now();
  for (int i = 0; i < kCount; ++i) {
    const auto start = Clock::now();
    connection->log().append(entry);
    us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::sort(us.begin(), us.end());
  return {kCount / seconds, us[us.size() * 99 / 100]};
}

void publish() {
  const test::TempDir dir;
  const std::string url = "sqlite:" + (dir / "shop.db").string();
  open_store(url)->connect(Access::create)->schema().migrate();
  const Rate alone = append_rate(url);
  const auto beats = beats_of_200(url);
  std::this_thread::sleep_for(500ms);
  const Rate beside = append_rate(url);
  print_ratio("append_beside_200_heartbeats", beside.per_second, alone.per_second,
              "appends per second beside none");
  print_ratio("append_p99_beside_200_heartbeats", beside.p99_us, alone.p99_us,
              "microseconds beside none");
}

void wait() {
  const test::TempDir dir;
  const std::string url = "sqlite:" + (dir / "shop.db").string();
  const Crowd crowd(url, 10);
  const auto node = start_node(url, "waiter");
  std::vector<double> ms;
  for (int i = 0; i < 200; ++i) {
    const EntryId id = node->cache().refresh(kProducts, i);
    const auto begin = Clock::now();
    if (!node->wait_everywhere(id, 10s)) {
      throw Error("bench", "a node did not get there");
    }
    ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    std::this_thread::sleep_for(10ms);
  }
  std::sort(ms.begin(), ms.end());
  print("wait_everywhere_10_median", ms[ms.size() / 2], "ms (aim: 50 at the most)");
  print("wait_everywhere_10_worst", ms.back(), "ms");
}

}  // namespace

int main(int argc, char** argv) {
  std::chrono::seconds window = 20s;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--json") {
      json = true;
    } else if (word == "--seconds" && i + 1 < argc) {
      window = std::chrono::seconds(std::atoi(argv[++i]));
    } else {
      std::fprintf(stderr, "usage: bench_cluster [--json] [--seconds N]\n");
      return 2;
    }
  }
  try {
    for (const int count : {1, 20, 200}) {
      idle(count, window);
    }
    publish();
    wait();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_cluster: %s\n", error.what());
    return 1;
  }
}
