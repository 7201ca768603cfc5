// SPDX-License-Identifier: MIT
#include <crier/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "store/postgres/note.hpp"
#include "support/entries.hpp"
#include "support/eventually.hpp"
#include "support/raw_postgres.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <iterator>
#include <libpq-fe.h>
#include <string>
#include <thread>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 60s;

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

 private:
  RawPostgres session_;
  const std::string channel_;
};

// A role that can be kept out.
struct Role {
  explicit Role(const PostgresSpace& space) : admin(space.conninfo()), name("r" + space.schema()) {
    admin.exec("CREATE ROLE " + name + " LOGIN SUPERUSER");
  }
  ~Role() { admin.exec("DROP ROLE " + name); }
  Role(const Role&) = delete;
  Role& operator=(const Role&) = delete;

  void shut_out() {
    admin.exec("ALTER ROLE " + name + " NOLOGIN");
    admin.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + name +
               "'");
  }
  void let_in() { admin.exec("ALTER ROLE " + name + " LOGIN"); }

  RawPostgres admin;
  const std::string name;
};

TEST_CASE("postgres: who finds the tables by another search_path is rung, too") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const PostgresSpace empty;
  const auto open_by = [&](const std::string& search_path) {
    return open_store("host=" + postgres_folder() +
                      " user=crier dbname=crier options='-c search_path=" + search_path + "'");
  };
  const auto mine = open_by(space.schema());
  const auto others = open_by(empty.schema() + "," + space.schema());
  const std::uint64_t mark = mine->wakeup().mark();
  others->wakeup().ring();
  CHECK(mine->wakeup().wait(mark, kLong));
}

TEST_CASE("postgres: a bell whose session was ended says so, and heals") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  Role role(space);
  {
    const auto mine = open_store("postgresql://" + role.name + "@/crier?host=" + postgres_folder() +
                                 "&schema=" + space.schema() + "&application_name=bell");
    const auto others = open_store(space.url());
    std::uint64_t mark = mine->wakeup().mark();
    CHECK(mine->wakeup().trouble().empty());
    CHECK(sessions(space, "bell").size() == 1);

    role.shut_out();
    CHECK(eventually([&] { return !mine->wakeup().trouble().empty(); }));
    const std::string trouble = mine->wakeup().trouble();
    CHECK_MESSAGE(trouble.starts_with("others are not heard, and what they write is found by "
                                      "polling: "),
                  trouble);
    CHECK_FALSE(mine->wakeup().wait(mine->wakeup().mark(), 1ms));
    mine->wakeup().ring();  // its own are heard all the while
    CHECK(mine->wakeup().wait(mark, kLong));

    mark = mine->wakeup().mark();
    const std::uint64_t others_mark = others->wakeup().mark();
    role.let_in();
    CHECK(mine->wakeup().wait(mark, kLong));  // for what it may have missed
    CHECK(eventually([&] { return mine->wakeup().trouble().empty(); }));
    CHECK(others->wakeup().wait(others_mark, kLong));  // what it rang meanwhile
    mark = mine->wakeup().mark();
    others->wakeup().ring();
    CHECK(mine->wakeup().wait(mark, kLong));
  }
}

TEST_CASE("postgres: a ring whose sending fails is sent once the bell has healed") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace space;
  const auto mine = open_store(space.url("&application_name=owes"));
  const auto others = open_store(space.url());
  static_cast<void>(mine->wakeup().mark());
  const std::uint64_t mark = others->wakeup().mark();
  RawPostgres raw(space.conninfo());
  const std::string pid =
      raw.value("SELECT pid FROM pg_stat_activity WHERE application_name = 'owes'");
  // It dies of what came first when it goes on: the ring is not sent by then.
  REQUIRE(kill(std::stoi(pid), SIGSTOP) == 0);
  raw.exec("SELECT pg_terminate_backend(" + pid + ")");
  mine->wakeup().ring();
  std::this_thread::yield();
  kill(std::stoi(pid), SIGCONT);
  CHECK(others->wakeup().wait(mark, kLong));
}

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

TEST_CASE("postgres: who rings for an entry takes along what else was rung, as loud as that was") {
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
    const auto notes = listener.notes_until_now();
    return notes.size() == 1 && postgres::note_in(notes[0]).ring == postgres::Ring::call;
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
  const auto publisher = open_store(space.url());
  const auto connection = publisher->connect(Access::read_write);
  for (int i = 0; i < 20; ++i) {
    // The second is too soon for a ring of its own at once, unless the machine is slow.
    append(*connection, new_entry("[1]"));
    append(*connection, new_entry("[2]"));
    std::ptrdiff_t rung = 0;
    CHECK(eventually([&] { return (rung += listener.rings_until_now()) >= 2; }));
    CHECK(rung == 2);
    // Until it is not too soon for the next.
    const auto later = std::chrono::steady_clock::now() + 2ms;
    CHECK(eventually([&] { return std::chrono::steady_clock::now() > later; }));
  }
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i) {
    append(*connection, new_entry("[]"));
  }
  const auto rung = listener.rings_until_now();
  CHECK(rung <= (std::chrono::steady_clock::now() - begin) / 1ms + 2);
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
  CHECK(others->wakeup().wait(mark, kLong));
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

TEST_CASE("postgres: logs in other schemas are not rung") {
  if (postgres_folder().empty()) {
    return;
  }
  const MigratedSpace here;
  const MigratedSpace there;
  const auto mine = open_store(here.url());
  const auto others = open_store(there.url());
  const auto ours = open_store(here.url());
  const std::uint64_t mark = mine->wakeup().mark();
  const std::uint64_t theirs = others->wakeup().mark();
  ours->wakeup().ring();
  CHECK(mine->wakeup().wait(mark, kLong));
  CHECK(others->wakeup().mark() == theirs);
}

}  // namespace
}  // namespace crier::test
