// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <libpq-fe.h>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

// Hears the log of a space, as any program can.
class Listener {
 public:
  explicit Listener(const PostgresSpace& space)
      : session_(space.conninfo()),
        channel_(session_.value("SELECT 'crier_' || md5(current_schema())")) {
    session_.exec("LISTEN " + channel_);
  }

  // The notes that have come and were not asked for before.
  std::vector<std::string> notes_until_now() {
    session_.exec("NOTIFY " + channel_ + ", 'end'");
    for (std::vector<std::string> notes;;) {
      PGnotify* const notice = PQnotifies(session_.handle());
      REQUIRE(notice != nullptr);
      const std::string note = notice->extra;
      PQfreemem(notice);
      if (note == "end") {
        return notes;
      }
      notes.push_back(note);
    }
  }
  std::ptrdiff_t rings_until_now() { return std::ssize(notes_until_now()); }
  [[nodiscard]] const std::string& channel() const { return channel_; }

 private:
  RawPostgres session_;
  const std::string channel_;
};

TEST_CASE("postgres: rings of one moment are sent as one, and all before the store goes") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  Listener listener(space);
  const auto begin = std::chrono::steady_clock::now();
  {
    const auto store = open_store(space.url());
    for (int i = 0; i < 20'000; ++i) {
      store->wakeup().ring();
    }
  }
  const auto rung = listener.rings_until_now();
  CHECK(rung >= 1);
  // One a millisecond, and the last at once.
  CHECK(rung <= (std::chrono::steady_clock::now() - begin) / 1ms + 2);
}

TEST_CASE("postgres: who rings for an entry takes along what else was rung") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  Listener listener(space);
  // Unless the bell, which has yet to connect then, is quicker.
  CHECK(eventually([&] {
    {
      const auto store = open_store(space.url());
      const auto connection = store->connect(Access::read_write);
      store->wakeup().ring();
      append(*connection, new_entry("[]"));
    }
    return listener.rings_until_now() == 1;
  }));
}

TEST_CASE("postgres: an append at leisure is rung for once") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  Listener listener(space);
  {
    const auto store = open_store(space.url());
    const auto connection = store->connect(Access::read_write);
    append(*connection, new_entry("[]"));
    static_cast<void>(connection->log().newest());  // it takes in what came of the note
  }
  CHECK(listener.rings_until_now() == 1);
}

TEST_CASE("postgres: what is appended in a row is rung for one by one or together, and never not") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  Listener listener(space);
  // Each commit says so, on the way that the rings take: both arrive in the order of commits.
  space.execute(
      "CREATE FUNCTION say() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM pg_notify('" +
      listener.channel() +
      "', 'entry'); RETURN NULL; END $$; "
      "CREATE TRIGGER say AFTER INSERT ON crierCacheInstruction FOR EACH ROW "
      "EXECUTE FUNCTION say()");
  const auto publisher = open_store(space.url());
  const auto connection = publisher->connect(Access::read_write);
  std::vector<std::string> notes;
  const auto is_rung = [&] {
    static_cast<void>(connection->log().newest());  // it takes in what came of the last note
    std::ranges::move(listener.notes_until_now(), std::back_inserter(notes));
    return !notes.empty() && notes.back() != "entry";
  };
  const auto rung = [&] { return std::ssize(notes) - std::ranges::count(notes, "entry"); };
  for (int i = 1; i <= 20; ++i) {
    // The second is too soon for a ring of its own at once, unless the machine is slow.
    append(*connection, new_entry("[1]"));
    append(*connection, new_entry("[2]"));
    CHECK(eventually(is_rung));
    CHECK(std::ranges::count(notes, "entry") == 2 * i);
    CHECK(rung() <= 2 * i);  // a slow bell's may follow
    // Until it is not too soon for the next.
    const auto later = std::chrono::steady_clock::now() + 2ms;
    CHECK(eventually([&] { return std::chrono::steady_clock::now() > later; }));
  }
  CHECK(rung() > 20);
  notes.clear();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    append(*connection, new_entry("[]"));
  }
  CHECK(eventually(is_rung));
  // One a millisecond, the first and the last at once, and the slow bell's.
  CHECK(rung() <= (std::chrono::steady_clock::now() - begin) / 1ms + 3);
}

TEST_CASE("postgres: an append at leisure brings its ring along, and needs no session for it") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto others = open_store(space.url());
  const std::uint64_t mark = others->wakeup().mark();
  const auto publisher = open_store(space.url("&application_name=publisher"));
  const auto connection = publisher->connect(Access::read_write);
  append(*connection, new_entry("[]"));
  CHECK(sessions(space, "publisher").size() == 1);
  CHECK(eventually([&] {
    static_cast<void>(connection->log().newest());  // should the server have given the ring up
    return others->wakeup().wait(mark, 100ms);
  }));
}

TEST_CASE("postgres: an append that is refused at its commit throws, also where its ring follows") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  space.execute(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "RAISE EXCEPTION 'refused'; END $$; "
      "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON crierCacheInstruction "
      "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.originated = 'bad') "
      "EXECUTE FUNCTION refuse()");
  const auto connection = open_store(space.url())->connect(Access::read_write);
  CHECK_THROWS_AS(append(*connection, new_entry("[]", 1, "bad")), Error);
  CHECK(append(*connection, new_entry("[]")) == EntryId{1});
}

}  // namespace
}  // namespace crier::test
