// SPDX-License-Identifier: MIT
// Any role that may connect may also NOTIFY, as much as it likes: that makes nobody deaf, and keeps
// nobody from ending.
#include <crier/admin/store.hpp>

#include "contract/long_wait.hpp"
#include "support/eventually.hpp"
#include "support/postgres_server.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// A server of its own, since each session that listens there has to read it all, with a role that
// has the right to connect, and no other.
struct Flooded {
  const std::unique_ptr<PostgresServer> server = PostgresServer::start();

  Flooded() {
    open()->connect(Access::create)->schema().migrate();
    server->execute("CREATE ROLE stranger LOGIN");
  }
  [[nodiscard]] std::unique_ptr<Store> open(const std::string& deadline = "30s") const {
    return open_store(server->url("&deadline=" + deadline));
  }
  // So many notes at once; `payload` is an expression of `i`.
  void send(int notes, const std::string& payload) const {
    RawPostgres("host=" + server->folder() + " user=stranger dbname=postgres")
        .exec("SELECT count(pg_notify('crier_' || md5('public'), " + payload +
              ")) FROM generate_series(1, " + std::to_string(notes) + ") AS i");
  }
};

// What a flood may look like.
struct Flood {
  int notes;
  std::string payload;
};
const Flood kFloods[] = {
    {300'000, "'cr c' || gen_random_uuid()"},
    {30'000, "'cr p' || gen_random_uuid()"},
    {30'000, "i::text"},
    {30'000, "'cr p' || repeat('x', 32) || to_char(i % 10000, 'FM0000') || repeat('y', i / 10000)"},
    {10'000, "rpad(i::text, 1000, 'x')"},
};

TEST_CASE("postgres: very many notes of a stranger's make nobody deaf, and keep nobody") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const Flooded flooded;
  auto mine = flooded.open();
  const auto others = flooded.open();
  static_cast<void>(mine->wakeup().mark());
  for (const Flood& flood : kFloods) {
    CAPTURE(flood.payload);
    flooded.send(flood.notes, flood.payload);
    // Heard once the flood is past.
    CHECK(eventually([&] { return !mine->wakeup().wait(mine->wakeup().mark(), 100ms); }, kLong));
    CHECK(mine->wakeup().trouble().empty());
    const std::uint64_t mark = mine->wakeup().mark();
    others->wakeup().ring();
    CHECK(mine->wakeup().wait(mark, kLong));
  }
  // And whoever ends while it comes in ends.
  flooded.send(kFloods[0].notes, kFloods[0].payload);
  const auto begin = std::chrono::steady_clock::now();
  mine.reset();
  CHECK(std::chrono::steady_clock::now() - begin < kLong);
}

TEST_CASE("postgres: who ends under a flood that does not ends by its deadline") {
  if (!PostgresServer::is_here()) {
    return;
  }
  const Flooded flooded;
  auto mine = flooded.open("10m");
  static_cast<void>(mine->wakeup().mark());
  std::atomic<bool> is_enough = false;
  std::atomic<int> floods = 0;
  std::thread flood([&] {
    while (!is_enough) {
      flooded.send(20'000, kFloods[0].payload);
      ++floods;
    }
  });
  CHECK(eventually([&] { return floods > 0; }, kLong));
  mine->wakeup().ring();
  const auto begin = std::chrono::steady_clock::now();
  mine.reset();
  CHECK(std::chrono::steady_clock::now() - begin < kLong);
  is_enough = true;
  flood.join();
}

}  // namespace
}  // namespace crier::test
