// SPDX-License-Identifier: MIT
// actor URL WHAT: a durable node whose refresher misbehaves, for tests of what becomes of the
// process. Prints "ready" when it runs; WHAT is what the refresher does:
//   exit: calls exit(7)
//   hang: prints "hangs", and never returns; at "refresh_all", too, when it was not said "ready"
//   destroy: hangs as well; main() then destroys the node, prints "destroyed" and returns 5
#include <crier/crier.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace {

using namespace std::chrono_literals;

class Actor final : public crier::FallbackRefresher {
 public:
  Actor(std::string what, std::promise<void>& hangs) : what_(std::move(what)), hangs_(hangs) {}
  void refresh_all() override {
    if (what_ == "hang") {
      act();
    }
  }
  void apply(const crier::Instruction&, const crier::Source&) override { act(); }

 private:
  [[noreturn]] void act() {
    if (what_ == "exit") {
      std::exit(7);  // NOLINT(concurrency-mt-unsafe): that is what is tested
    }
    std::cout << "hangs" << std::endl;
    hangs_.set_value();
    while (true) {
      std::this_thread::sleep_for(1h);
    }
  }

  const std::string what_;
  std::promise<void>& hangs_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    return EXIT_FAILURE;
  }
  try {
    const std::string what = argv[2];
    // Outlives main(), as does the refresher that hangs.
    static std::promise<void> hangs;
    crier::Registry refreshers;
    refreshers.set_fallback(std::make_shared<Actor>(what, hangs));
    crier::Options options;
    options.store = argv[1];
    options.node_name = "actor";
    options.heartbeat_interval = 20ms;
    options.lease_duration = 1s;
    options.stop_deadline = 100ms;
    options.keep_position = crier::KeepPosition::in_database;
    {
      crier::Node node(options, std::move(refreshers));
      node.start();
      std::cout << "ready" << std::endl;
      hangs.get_future().wait();
      if (what != "destroy") {
        std::this_thread::sleep_for(1h);
      }
    }
    std::cout << "destroyed" << std::endl;
    return 5;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
