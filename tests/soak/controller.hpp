// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "simulation/random.hpp"
#include "soak/checker.hpp"
#include "soak/post.hpp"
#include "soak/report.hpp"
#include "soak/server.hpp"
#include "soak/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace crier::soak {

inline constexpr std::chrono::milliseconds kBetweenLooks{20};

// Starts the processes, does them harm, hears what they say, reads the log, and hands both to the
// checker. One thread.
class Controller {
 public:
  // Creates the database.
  explicit Controller(Settings settings);

  // Until the time is over, or `interrupted()`.
  Verdict run(const std::function<bool()>& interrupted);

 private:
  void start(Post& post);
  // One look: rows, facts, ends and starts.
  void look();
  void hear(Post& post);
  // Rows up to the end of the log; false where it can't be read now.
  [[nodiscard]] bool read_log();
  void judge(Post& post);
  void reap(Post& post);
  // One process, or the server, by chance.
  void strike();
  void strike_process(std::size_t who, std::size_t how, std::chrono::milliseconds pause);
  void strike_server(std::size_t how, std::chrono::milliseconds pause);
  void say_progress();
  // Looks on until it holds for every post; those for which it does not by the deadline are stuck.
  void wait_for(const std::string& what, std::chrono::seconds deadline,
                const std::function<bool(const Post&)>& holds);
  void finish();
  void stop(Post& post);

  const Settings settings_;
  const std::unique_ptr<Server> server_;  // null: SQLite
  const std::string url_;
  const std::unique_ptr<Store> store_;
  std::unique_ptr<Connection> connection_;
  Checker checker_;
  test::Random random_;
  std::vector<Post> posts_;
  bool ending_ = false;
  Clock::time_point began_ = Clock::now();
  Verdict verdict_;
};

}  // namespace crier::soak
