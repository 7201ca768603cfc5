// SPDX-License-Identifier: MIT
#include "support/postgres_server.hpp"

#include "support/eventually.hpp"
#include "support/files.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <libpq-fe.h>
#include <stdexcept>
#include <utility>

namespace crier::test {
namespace {

namespace fs = std::filesystem;

std::string script() { return source_file("script/with-postgres"); }
constexpr int kNoServerHere = 77;

// Says what went wrong.
void run_script(const TempDir& dir, std::vector<std::string> words) {
  words.insert(words.begin(), script());
  Child child(dir.path(), "script", words);
  if (child.wait() != 0) {
    std::string said;
    for (const std::string& line : child.err()) {
      said += line + "\n";
    }
    throw std::runtime_error(words[1] + " " + words[2] + " failed:\n" + said);
  }
}

std::string data_of(const TempDir& dir) { return dir / "data"; }

// The process, and those that it has started.
std::vector<pid_t> family(pid_t pid) {
  std::vector<pid_t> all{pid};
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream status(entry.path() / "stat");
    std::string number, name, state;
    pid_t parent = 0;
    if (status >> number >> name >> state >> parent && parent == pid) {
      all.push_back(std::stoi(number));
    }
  }
  return all;
}

void replace(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  // Of `cp`, since the owner must stay who it is.
  const TempDir dir;
  Child copy(dir.path(), "copy", {"/bin/cp", "-a", from, to});
  if (copy.wait() != 0) {
    throw std::runtime_error("can't copy " + from.string());
  }
}

}  // namespace

bool PostgresServer::is_here() {
  const TempDir dir;
  Child version(dir.path(), "version", {script(), "--program", "postgres", "--version"});
  if (version.wait() != kNoServerHere) {
    return true;
  }
  MESSAGE("SKIPPED: " << version.err().front());
  return false;
}

std::unique_ptr<PostgresServer> PostgresServer::start(const Settings& settings) {
  const auto make = [](const TempDir& dir) { run_script(dir, {"--make", dir.path()}); };
  return std::unique_ptr<PostgresServer>(new PostgresServer(make, settings));
}

std::unique_ptr<PostgresServer> PostgresServer::start_another() {
  const auto make = [](const TempDir& dir) { run_script(dir, {"--make-new", dir.path()}); };
  return std::unique_ptr<PostgresServer>(new PostgresServer(make, {}));
}

std::unique_ptr<PostgresServer> PostgresServer::start_standby(const PostgresServer& primary) {
  const auto make = [&](const TempDir& dir) {
    run_script(dir, {"--make-standby", dir.path(), primary.folder()});
  };
  return std::unique_ptr<PostgresServer>(new PostgresServer(make, {}));
}

PostgresServer::PostgresServer(const MakeData& make_data, Settings settings)
    : settings_(std::move(settings)) {
  make_data(dir_);
  run();
}

std::string PostgresServer::url(const std::string& more) const {
  return "postgresql://crier@/postgres?host=" + folder() + more;
}

std::string PostgresServer::conninfo() const {
  return "host=" + folder() + " user=crier dbname=postgres";
}

void PostgresServer::execute(const std::string& sql) const { RawPostgres(conninfo()).exec(sql); }

std::string PostgresServer::value(const std::string& sql) const {
  return RawPostgres(conninfo()).value(sql);
}

void PostgresServer::end(int signal) {
  process_->signal(signal);
  process_->wait();
  process_.reset();
}

// One that was killed leaves sessions behind, which see it soon; until then there can be no other.
void PostgresServer::run() {
  const bool runs = eventually([this] {
    if (process_ == nullptr || process_->has_ended()) {
      std::vector<std::string> words{script(),      "--program", "postgres", "-D",
                                     data_of(dir_), "-k",        folder()};
      for (const std::string& setting : settings_) {
        words.insert(words.end(), {"-c", setting});
      }
      process_ = std::make_unique<Child>(dir_.path(), "server" + std::to_string(++runs_), words);
    }
    return PQping(conninfo().c_str()) == PQPING_OK;
  });
  if (!runs) {
    throw std::runtime_error("a server does not start: see " + folder());
  }
}

void PostgresServer::crash() const {
  const RawPostgres raw(conninfo());
  RawPostgres witness(conninfo());
  kill(PQbackendPID(raw.handle()), SIGKILL);
  const bool has_crashed = eventually([&] {
    try {
      witness.exec("SELECT");
      return false;
    } catch (const std::runtime_error&) {
      return true;
    }
  });
  if (!has_crashed) {
    throw std::runtime_error("a server outlives what should crash it: see " + folder());
  }
}

// The server first, also of those that are listed: one that stands starts no session.
void PostgresServer::signal_all(int signal) const {
  kill(process_->pid(), signal);
  for (const pid_t pid : family(process_->pid())) {
    kill(pid, signal);
  }
}

void PostgresServer::save_data() const { replace(data_of(dir_), dir_ / "saved"); }

void PostgresServer::restore_data() const { replace(dir_ / "saved", data_of(dir_)); }

void PostgresServer::promote() const { execute("SELECT pg_promote()"); }

}  // namespace crier::test
