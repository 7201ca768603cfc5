// SPDX-License-Identifier: MIT
// What a cluster costs on one host, with real processes:
//   idle     CPU time and writes of an idle node, with 1, 20 and 200 of them
//   publish  appends beside the heartbeats of 200 nodes, against appends beside none
//   wait     wait_everywhere with 10 idle nodes: median and worst
#include <crier/admin/store.hpp>
#include <crier/crier.hpp>

#include "bench/process.hpp"
#include "bench/report.hpp"
#include "bench/shop.hpp"
#include "bench/turns.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace crier::bench {

namespace {

using namespace std::chrono_literals;

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
    for (int i = 0; i < count; ++i) {
      nodes_.push_back(process([url, i] {
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

void idle(const Report& report, int count) {
  const Shop shop;
  const Crowd crowd(shop.url(), count);
  const Cost before = crowd.cost();
  const auto begin = Clock::now();
  std::this_thread::sleep_for(report.window());
  const Cost after = crowd.cost();
  const double node_minutes = count * seconds_since(begin) / 60;
  const std::string name = "idle_node_" + std::to_string(count);
  report.value(name + "_cpu", (after.cpu_ms - before.cpu_ms) / node_minutes,
               "ms of CPU per node and minute", Aim::at_most(30));
  report.value(name + "_beats", (after.beats - before.beats) / node_minutes,
               "beats per node and minute");
  report.value(name + "_written", (after.kib_written - before.kib_written) / node_minutes,
               "KiB written per node and minute");
}

// Beats for 200 nodes, 40 in a second, as a process of its own.
std::unique_ptr<test::Forked> beats_of_200(const std::string& url) {
  return process([url] {
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

// Microseconds that each of some appends took.
std::vector<double> append_us(const std::string& url, int count) {
  const auto connection = open_store(url)->connect(Access::read_write);
  const std::vector<NewEntry> entry{entry_of(1234, "bench")};
  std::vector<double> us;
  for (int i = 0; i < count; ++i) {
    const auto begin = Clock::now();
    connection->log().append(entry);
    us.push_back(seconds_since(begin) * 1e6);
  }
  return us;
}

void publish(const Report& report) {
  const Shop shop;
  const int count = report.pick(20'000, 10'000, 100);
  std::vector<double> beside;
  std::vector<double> alone;
  for (int i = report.pick(5, 3, 1); i > 0; --i) {
    const std::vector<double> without = append_us(shop.url(), count);
    alone.insert(alone.end(), without.begin(), without.end());
    const auto beats = beats_of_200(shop.url());
    std::this_thread::sleep_for(500ms);
    const std::vector<double> with = append_us(shop.url(), count);
    beside.insert(beside.end(), with.begin(), with.end());
  }
  const auto per_second = [](const std::vector<double>& us) {
    return static_cast<double>(us.size()) * 1e6 / std::accumulate(us.begin(), us.end(), 0.0);
  };
  report.compare("append_beside_200_heartbeats", {per_second(beside), per_second(alone)}, "/s",
                 "beside none");
  report.compare("append_beside_200_heartbeats_p99",
                 {percentile(beside, 0.99), percentile(alone, 0.99)}, "us", "beside none");
}

void wait(const Report& report) {
  const Shop shop;
  const Crowd crowd(shop.url(), 10);
  const auto node = start_node(shop.url(), "waiter");
  std::vector<double> ms;
  for (int i = report.pick(200, 100, 5); i > 0; --i) {
    const EntryId id = node->cache().refresh(kProducts, i);
    const auto begin = Clock::now();
    if (!node->wait_everywhere(id, 10s)) {
      throw Error("bench", "a node did not get there");
    }
    ms.push_back(seconds_since(begin) * 1e3);
    std::this_thread::sleep_for(10ms);
  }
  report.value("wait_everywhere_10_median", median(ms), "ms", Aim::at_most(50));
  report.value("wait_everywhere_10_worst", percentile(ms, 1), "ms");
}

void measure(const Report& report) {
  if (report.wants("idle_node")) {
    const std::vector<int> counts[] = {{1, 20, 200}, {20}, {2}};
    for (const int count : counts[report.pick(0, 1, 2)]) {
      idle(report, count);
    }
  }
  if (report.wants("append_beside_200_heartbeats")) {
    publish(report);
  }
  if (report.wants("wait_everywhere")) {
    wait(report);
  }
}

}  // namespace

}  // namespace crier::bench

int main(int argc, char** argv) { return crier::bench::run(argc, argv, crier::bench::measure); }
