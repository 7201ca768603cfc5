// SPDX-License-Identifier: MIT
// Passwords that a function of the application's gives for each connection.
#include <crier/admin/store.hpp>

#include "contract/postgres_test_store.hpp"
#include "support/entries.hpp"
#include "support/errors.hpp"
#include "support/eventually.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

namespace crier::test {
namespace {

const std::string kWord = "of no use";  // of the role `locked`: see script/with-postgres

struct LockedSpace : MigratedSpace {
  LockedSpace() {
    const std::vector<RoleGrant> node{{"locked", RoleKind::node}};
    execute(open_store(url())->connect(Access::read_only)->schema().grants(node));
  }

  [[nodiscard]] std::string locked_url() const {
    return "postgresql://locked@/crier?deadline=30s&host=" + postgres_folder() +
           "&schema=" + schema() + "&application_name=" + schema();
  }
};

TEST_CASE("postgres: the password is asked for with each connection, the listening one's too") {
  if (postgres_folder().empty()) {
    return;
  }
  const LockedSpace space;
  std::atomic<int> asked = 0;
  const auto store = open_store(space.locked_url(), {[&] {
                                  ++asked;
                                  return kWord;
                                }});
  CHECK(asked == 0);
  const auto connection = store->connect(Access::read_write);
  CHECK(asked == 1);
  CHECK(append(*connection, new_entry("[]")) == EntryId{1});
  const std::uint64_t mark = store->wakeup().mark();
  CHECK(store->wakeup().trouble().empty());
  CHECK(asked == 2);
  append(*open_store(space.url())->connect(Access::read_write), new_entry("[]"));
  CHECK(store->wakeup().wait(mark, std::chrono::seconds(30)));
  // A session that the server has ended is made anew, with a new one.
  space.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" +
      space.schema() + "'");
  CHECK(eventually([&] {
    try {
      return connection->log().newest().id == EntryId{2};
    } catch (const Error&) {
      return false;
    }
  }));
  CHECK(asked >= 3);
}

TEST_CASE("postgres: what the function for the password fails at is told, and tried again") {
  if (postgres_folder().empty()) {
    return;
  }
  const LockedSpace space;
  std::string word = kWord;
  bool throws = true;
  std::string why = "the vault is sealed";
  const auto store = open_store(space.locked_url(), {[&] {
                                  if (throws) {
                                    throw std::runtime_error(why);
                                  }
                                  return word;
                                }});
  const auto fails = [&] {
    return error_of([&] { static_cast<void>(store->connect(Access::read_write)); });
  };
  const auto tells = [&](const std::string& text) {
    const Error error = fails();
    CHECK(error.retryable());
    CHECK_MESSAGE(std::string(error.what()).find(text) != std::string::npos, error.what());
  };
  tells("the application's function for the password failed: the vault is sealed");
  throws = false;
  word = "";
  tells("it returned nothing");
  word = std::string("a\0b", 3);
  tells("it returned a NUL character");
  word = "out of date";
  tells("the application's function gave the password");
  CHECK(std::string(fails().what()).find(word) == std::string::npos);
  word = kWord;
  CHECK(store->connect(Access::read_write)->log().newest().id == EntryId{});
}

TEST_CASE("a function for the password goes with PostgreSQL alone, and with no other password") {
  const auto refused = [](const std::string& url) {
    return error_of([&] { static_cast<void>(open_store(url, {[] { return kWord; }})); });
  };
  CHECK(refused("shop.db").invalid_argument());
  CHECK(refused("shop.db").what() ==
        std::string("the store sqlite:shop.db is a file, which takes no password"));
  for (const std::string& url : {std::string("postgresql://me:secret@db/shop"),
                                 std::string("host=db dbname=shop password=secret")}) {
    CHECK(refused(url).invalid_argument());
    CHECK(refused(url).what() ==
          std::string("the password is given twice: in the store URL, and by a function"));
  }
}

}  // namespace
}  // namespace crier::test
