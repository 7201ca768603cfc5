// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/store.hpp>

#include "history/recorder.hpp"
#include "simulation/random.hpp"
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
#include <optional>
#include <string>
#include <vector>

namespace crier::soak {

inline constexpr std::chrono::milliseconds kBetweenLooks{20};

// Starts the processes, does them harm, hears what they say, and has the history judged that they
// have told. One thread.
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
  void look_at_log();
  void reap(Post& post);
  // One process, or the server, by chance.
  void strike();
  void strike_process(std::size_t who, std::size_t how, std::chrono::milliseconds pause);
  void strike_server(std::size_t how, std::chrono::milliseconds pause);
  // What befalls the database itself: see controller_database.cpp.
  void strike_database(std::size_t who, std::size_t how, std::chrono::milliseconds pause);
  void set_back_file();
  void set_back_server(std::chrono::milliseconds pause);
  void restored(std::int64_t began, EntryId newest, std::int64_t kept, std::int64_t taken_at);
  void alter_schema();
  void write_as(const Post& post);
  void kill(Post& post);
  // What the processes have told, held against itself.
  void judge_history();
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
  EntryId newest_;  // in the log, as of the last look
  std::unique_ptr<history::Recorder> recorder_;
  // A copy of the database: its newest entry at least, and the version of its data at the most.
  struct Backup {
    EntryId newest;
    std::int64_t version = 0;
  };
  std::optional<Backup> backup_;
  bool has_extra_table_ = false;
  test::Random random_;
  std::vector<Post> posts_;
  bool ending_ = false;
  Clock::time_point began_ = Clock::now();
  Verdict verdict_;
};

}  // namespace crier::soak
