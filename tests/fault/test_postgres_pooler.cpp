// SPDX-License-Identifier: MIT
// PgBouncer stands before the server.
#include <crier/admin/store.hpp>

#include "support/child.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"
#include "support/postgres_server.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <libpq-fe.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace crier::test {
namespace {

constexpr const char* kPgBouncer = "/usr/sbin/pgbouncer";

bool is_here() {
  if (access(kPgBouncer, X_OK) != 0) {
    MESSAGE("SKIPPED: there is no " << kPgBouncer << " (Debian: pgbouncer)");
    return false;
  }
  return PostgresServer::is_here();
}

class PgBouncer {
 public:
  PgBouncer(const PostgresServer& server, const std::string& mode, const std::string& ignored) {
    std::filesystem::permissions(dir_.path(), std::filesystem::perms::all);
    std::ofstream(dir_ / "pgbouncer.ini")
        << "[databases]\npostgres = host=" << server.folder() << " user=crier\n[pgbouncer]\n"
        << "listen_port = 5432\nunix_socket_dir = " << dir_.path().string()
        << "\nauth_type = any\npool_mode = " << mode << "\nignore_startup_parameters = " << ignored
        << "\n";
    std::vector<std::string> command{"/usr/bin/setpriv", "--pdeathsig=KILL", kPgBouncer,
                                     dir_ / "pgbouncer.ini"};
    if (geteuid() == 0) {
      command.emplace_back("--user=nobody");  // it refuses to run as root
    }
    process_ = std::make_unique<Child>(dir_.path(), "pgbouncer", command);
    const std::string conninfo = "host=" + dir_.path().string() + " user=crier dbname=postgres";
    REQUIRE(eventually([&] { return PQping(conninfo.c_str()) == PQPING_OK; }));
  }
  [[nodiscard]] std::string url() const {
    return "postgresql://crier@/postgres?deadline=30s&host=" + dir_.path().string();
  }

 private:
  const TempDir dir_;
  std::unique_ptr<Child> process_;
};

TEST_CASE("postgres: a pooler that does not keep sessions apart is refused in so many words") {
  if (!is_here()) {
    return;
  }
  std::string mode, ignored = "extra_float_digits", words;
  SUBCASE("transaction mode") {
    mode = "transaction";
    words = "unsupported startup parameter";
  }
  SUBCASE("transaction mode, and the settings of a session are thrown away") {
    mode = "transaction";
    ignored += ", options";
    words = "does not keep sessions apart";
  }
  SUBCASE("session mode, and the settings of a session are thrown away") {
    mode = "session";
    ignored += ", options";
    words = "does not keep sessions apart";
  }
  const auto server = PostgresServer::start();
  const PgBouncer pooler(*server, mode, ignored);
  const auto store = open_store(pooler.url());
  for (const Access access : {Access::read_only, Access::read_write, Access::create}) {
    const Error error = error_of([&] { static_cast<void>(store->connect(access)); });
    const std::string message = error.what();
    CHECK_FALSE(error.retryable());
    CHECK_MESSAGE(message.find(words) != std::string::npos, message);
    CHECK_MESSAGE(message.find("a pooler stands before ") != std::string::npos, message);
    CHECK_MESSAGE(message.find(store->name()) != std::string::npos, message);
  }
  CHECK_FALSE(store->wakeup().wait(store->wakeup().mark(), {}));
  const std::string trouble = store->wakeup().trouble();
  CHECK_MESSAGE(trouble.find(words) != std::string::npos, trouble);
}

}  // namespace
}  // namespace crier::test
