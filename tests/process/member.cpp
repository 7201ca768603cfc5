// SPDX-License-Identifier: MIT
// member URL NAME HEARTBEAT LEASE RETENTION HARD_CAP PRUNE_INTERVAL [durable]: a node with these
// durations in milliseconds. Prints "ready", then "role R", "resync R" and "applied ENTRY" as they
// come, until it is killed.
#include <crier/crier.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace {

class Printer final : public crier::Observer, public crier::FallbackRefresher {
 public:
  void put(const std::string& line) {
    const std::lock_guard lock(mutex_);
    std::cout << line << std::endl;
  }
  void refresh_all() override {}
  void apply(const crier::Instruction&, const crier::Source& source) override {
    put("applied " + source.entry.to_string());
  }
  void on_role_changed(crier::Role, crier::Role to) override {
    put("role " + std::string(to_string(to)));
  }
  void on_resync(const crier::Resync& resync) override {
    put("resync " + std::string(to_string(resync.reason)));
  }

 private:
  std::mutex mutex_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    return EXIT_FAILURE;
  }
  try {
    const auto duration = [&](int i) { return std::chrono::milliseconds(std::stoll(argv[i])); };
    const auto printer = std::make_shared<Printer>();
    crier::Options options;
    options.store = argv[1];
    options.node_name = argv[2];
    options.heartbeat_interval = duration(3);
    options.lease_duration = duration(4);
    options.retention = duration(5);
    options.retention_hard_cap = duration(6);
    options.prune_interval = duration(7);
    if (argc > 8) {
      options.keep_position = crier::KeepPosition::in_database;
    }
    options.observer = printer;
    crier::Registry refreshers;
    refreshers.set_fallback(printer);
    crier::Node node(options, std::move(refreshers));
    node.start();
    printer->put("ready");
    while (true) {
      std::this_thread::sleep_for(std::chrono::hours(1));
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
