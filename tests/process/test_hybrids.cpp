// SPDX-License-Identifier: MIT
// Nodes that read pages through hybrid caches with one shared half, while others change what they
// show; some are killed, and some are paused in the middle of what they do: no read may be older
// than what its node had applied before it began. CRIER_TEST_HYBRID_SECONDS: how long (else 6
// strikes); CRIER_TEST_HYBRID_SEED: who is struck, and what is read. A failure prints the seed.
#include <crier/admin/store.hpp>

#include "process/process_fixture.hpp"
#include "simulation/random.hpp"
#include "support/files.hpp"
#include "support/raw_postgres.hpp"
#include "support/redis_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <random>

namespace crier::test {

namespace {

std::uint64_t setting(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? otherwise : std::stoull(text);
}

struct PagerFixture : Fixture {
  const std::uint64_t seed = setting("CRIER_TEST_HYBRID_SEED", std::random_device{}());
  Random random{seed};
  std::string cache = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  std::vector<std::unique_ptr<Child>> pagers;
  int started = 0;

  PagerFixture() {
    database->execute(
        "CREATE TABLE items (item INTEGER PRIMARY KEY, version INTEGER NOT NULL);"
        "CREATE TABLE changes (entry INTEGER NOT NULL, item INTEGER NOT NULL,"
        " version INTEGER NOT NULL);"
        "CREATE INDEX changesByEntry ON changes (entry);"
        "INSERT INTO items WITH RECURSIVE n(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE "
        "i < 19) SELECT i, 0 FROM n");
  }

  std::unique_ptr<Child> start(const std::string& node, const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{
        built_program("tests/process/process_pager"), (dir / "shop.db").string(), node,
        std::to_string(seed + 100 * static_cast<unsigned>(++started)), cache};
    command.insert(command.end(), more.begin(), more.end());
    return std::make_unique<Child>(dir.path(), "pager" + std::to_string(started), command);
  }

  static std::size_t count_of(const Child& pager, const std::string& beginning) {
    const Lines out = pager.out();
    return static_cast<std::size_t>(
        std::count_if(out.begin(), out.end(),
                      [&](const std::string& line) { return line.starts_with(beginning); }));
  }
  // Of the values that it took from the shared half, as it last said.
  static std::uint64_t shared_of(const Child& pager) {
    const Lines out = pager.out();
    const auto last = std::find_if(out.rbegin(), out.rend(), [](const std::string& line) {
      return line.starts_with("read ");
    });
    return last == out.rend() ? 0 : std::stoull(last->substr(last->rfind(' ')));
  }

  // Each has read on by then.
  bool have_all_read(std::chrono::seconds patience) {
    std::vector<std::size_t> before;
    for (const auto& pager : pagers) {
      before.push_back(count_of(*pager, "read "));
    }
    return eventually(
        [&] {
          for (std::size_t i = 0; i < pagers.size(); ++i) {
            if (count_of(*pagers[i], "read ") <= before[i]) {
              return false;
            }
          }
          return true;
        },
        patience);
  }
  void see_all_read() { REQUIRE(have_all_read(std::chrono::seconds(60))); }

  // It is behind while the others go on, wherever it was. If it was stopped with the database
  // locked, they wait for it: then it is stopped again elsewhere.
  void pause(std::size_t i) {
    std::unique_ptr<Child> paused = std::move(pagers[i]);
    pagers.erase(pagers.begin() + static_cast<std::ptrdiff_t>(i));
    const auto stop_once = [&] {
      paused->signal(SIGSTOP);
      const bool have_read = have_all_read(std::chrono::seconds(20));
      paused->signal(SIGCONT);
      return have_read;
    };
    CHECK(eventually(stop_once, std::chrono::seconds(200)));
    pagers.insert(pagers.begin() + static_cast<std::ptrdiff_t>(i), std::move(paused));
  }

  void run(const std::function<void()>& also = [] {}) {
    CAPTURE(seed);
    const auto end = std::chrono::steady_clock::now() +
                     std::chrono::seconds(setting("CRIER_TEST_HYBRID_SECONDS", 0));
    constexpr std::size_t kNodes = 3;
    constexpr int kStrikes = 6;
    for (std::size_t i = 0; i < kNodes; ++i) {
      pagers.push_back(start("node" + std::to_string(i)));
    }
    std::uint64_t shared = 0;
    const auto settle = [&](const Child& pager) {
      shared += shared_of(pager);
      const std::string errors = pager.err().empty() ? "" : pager.err().back();
      CAPTURE(errors);
      CHECK(count_of(pager, "stale") == 0);
    };
    int strikes = 0;
    for (; strikes < kStrikes || std::chrono::steady_clock::now() < end; ++strikes) {
      see_all_read();
      also();
      const std::size_t i = random.below(kNodes);
      if (strikes % 2 == 0) {
        pause(i);
      } else {
        pagers[i]->signal(SIGKILL);
        CHECK(pagers[i]->wait() == 128 + SIGKILL);
        settle(*pagers[i]);
        pagers[i] = start("node" + std::to_string(i));
      }
    }
    for (const auto& pager : pagers) {
      pager->signal(SIGKILL);
      CHECK(pager->wait() == 128 + SIGKILL);
      settle(*pager);
    }
    MESSAGE(shared << " pages came from the shared half, "
                   << database->values("SELECT count(*) FROM changes").at(0) << " changes, "
                   << strikes << " strikes");
    CHECK(shared > 0);
  }
};

}  // namespace

TEST_CASE_FIXTURE(PagerFixture,
                  "no page of a hybrid cache is older than what its node has applied") {
  run();
}

TEST_CASE_FIXTURE(
    PagerFixture,
    "the same with the shared half in Redis, which is out of reach at times, or empty") {
  std::string why_not;
  const std::unique_ptr<RedisServer> server = RedisServer::start(why_not);
  if (server == nullptr) {
    MESSAGE("SKIPPED: " << why_not);
    return;
  }
  cache = server->url() + "?deadline=100ms";
  int times = 0;
  run([&] {
    if (++times % 3 == 0) {
      CHECK(server->restart());
    } else {
      server->signal(SIGSTOP);
      see_all_read();
      server->signal(SIGCONT);
    }
  });
}

#ifdef CRIER_HAS_POSTGRES
TEST_CASE_FIXTURE(PagerFixture, "the same with the shared half in PostgreSQL") {
  if (postgres_folder().empty()) {
    return;
  }
  const PostgresSpace space;
  open_store(space.url())->connect(Access::create)->schema().migrate();
  cache = space.url();
  run();
}
#endif

TEST_CASE_FIXTURE(PagerFixture, "the check of the pages finds a shared half that knows of no log") {
  CAPTURE(seed);
  pagers.push_back(start("a", {"unguarded"}));
  pagers.push_back(start("b", {"unguarded"}));
  CHECK(eventually([&] { return count_of(*pagers[0], "stale") > 0; }, std::chrono::seconds(60)));
}

}  // namespace crier::test
