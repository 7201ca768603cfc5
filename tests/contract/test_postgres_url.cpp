// SPDX-License-Identifier: MIT
#include <crier/admin/store.hpp>

#include "store/postgres/config.hpp"
#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

using namespace std::chrono_literals;
using postgres::parse_postgres_url;
using postgres::StoreConfig;

std::string refusal(const std::string& url) {
  const Error error = error_of([&] { static_cast<void>(open_store(url)); });
  CHECK(error.invalid_argument());
  CHECK(error.operation() == "open");
  CHECK(std::string(error.what()).find("s3cr3t") == std::string::npos);
  return error.what();
}

TEST_CASE("postgres: a URL and libpq's keyword form say the same, and the name no secret") {
  struct Row {
    std::string url, name;
  };
  for (const Row& row : {
           Row{"postgresql://u:s3cr3t@db:5433/shop", "postgresql://db:5433/shop"},
           Row{"PostgreSQL://u@db/shop", "postgresql://db/shop"},
           Row{"postgres://db/shop?sslmode=require&password=s3cr3t", "postgresql://db/shop"},
           Row{"postgresql://u@a:1,b:2/shop", "postgresql:///shop?host=a,b&port=1,2"},
           Row{"postgresql:///shop?host=/run/pg&deadline=2s", "postgresql:///shop?host=/run/pg"},
           Row{"postgresql://db/shop?schema=one", "postgresql://db/shop?schema=one"},
           Row{"host=db dbname=shop password=s3cr3t", "postgresql://db/shop"},
           Row{"postgresql://u@[::1]:5999/shop", "postgresql://[::1]:5999/shop"},
           Row{"host = 'db' dbname='my shop' schema=x", "postgresql://db/my shop?schema=x"},
           Row{"  dbname=shop host=/run/pg deadline=2s", "postgresql:///shop?host=/run/pg"},
           Row{"postgresql://db/a%3fb%2541?schema=50%25%26more",
               "postgresql://db/a%3Fb%2541?schema=50%25%26more"},
           Row{"postgresql://db/a%40b", "postgresql://db/a%40b"},
           Row{"host=fe80::1%eth0 dbname=x", "postgresql://[fe80::1%25eth0]/x"},
           Row{"host=db port=1,2 dbname=x", "postgresql:///x?host=db&port=1,2"},
           Row{"service=shop", "postgresql:///?service=shop"},
           Row{"postgresql://u:a;b=c@db/shop", "postgresql://db/shop"},
           Row{"host=db password='a;b=c' dbname=shop", "postgresql://db/shop"},
           Row{"postgresql://db/a%3Bb%3Dc%26d", "postgresql://db/a%3Bb%3Dc%26d"},
           Row{"postgresql:///shop?host=/run/a%3Db", "postgresql:///shop?host=/run/a%3Db"},
       }) {
    CAPTURE(row.url);
    CHECK(open_store(row.url)->name() == row.name);
    // It can be used in the URL's config.
    StoreConfig named = parse_postgres_url(row.name);
    CHECK(named.database == row.name);
    CHECK(named.schema == parse_postgres_url(row.url).schema);
    for (const char* const keyword : {"host", "port", "dbname", "service"}) {
      CAPTURE(keyword);
      CHECK(named.parameters[keyword] == parse_postgres_url(row.url).parameters[keyword]);
    }
  }
}

TEST_CASE("postgres: crier's own parameters do not reach libpq, and libpq's do") {
  for (const char* url : {"postgresql://u:p%20w@db/shop?deadline=2s&sslmode=require&schema=my%20s",
                          "host=db user=u password='p w' dbname=shop deadline=2s sslmode=require "
                          "schema='my s'"}) {
    const StoreConfig config = parse_postgres_url(url);
    CHECK(config.deadline == 2s);
    CHECK(config.schema == "my s");
    CHECK(config.parameters == postgres::Parameters{{"dbname", "shop"},
                                                    {"host", "db"},
                                                    {"password", "p w"},
                                                    {"sslmode", "require"},
                                                    {"user", "u"}});
    CHECK(config.migrate_command == "crier --store 'postgresql://u@db/shop?schema=my s' migrate");
  }
  CHECK(parse_postgres_url("postgresql://me%40work@db/shop").migrate_command ==
        "crier --store postgresql://me%40work@db/shop migrate");
  CHECK(parse_postgres_url("postgresql://db/x").deadline == 5s);
  // As libpq itself reads it: a backslash at the end stands for nothing, and any space parts words.
  CHECK(parse_postgres_url("host=db dbname=ab\\").parameters.at("dbname") == "ab");
  const StoreConfig lines = parse_postgres_url("host=db\r\nschema=s\vdbname=x\f");
  CHECK(lines.schema == "s");
  CHECK(lines.parameters.at("dbname") == "x");
  CHECK(parse_postgres_url("host=db password='it\\'s' dbname=x").parameters.at("password") ==
        "it's");
}

TEST_CASE("postgres: where a wake-up listens is the store's address but for what listen= says") {
  using postgres::Parameters;
  const std::string store = "postgresql://me:word@pooler:6432/shop?sslmode=require&listen=";
  const Parameters others{{"dbname", "shop"}, {"password", "word"}, {"sslmode", "require"}};
  struct Row {
    const char* listen;
    Parameters own;
  };
  for (const Row& row :
       {Row{"db", {{"host", "db"}, {"user", "me"}}},
        Row{"db:5433", {{"host", "db"}, {"port", "5433"}, {"user", "me"}}},
        Row{"[::1]:5433", {{"host", "::1"}, {"port", "5433"}, {"user", "me"}}},
        Row{"/run/postgresql", {{"host", "/run/postgresql"}, {"user", "me"}}},
        Row{"postgresql://you@db:5433", {{"host", "db"}, {"port", "5433"}, {"user", "you"}}}}) {
    CAPTURE(row.listen);
    Parameters expected = others;
    expected.insert(row.own.begin(), row.own.end());
    CHECK(parse_postgres_url(store + row.listen).listen == expected);
  }
  const Parameters whole =
      parse_postgres_url(store + "postgresql://you:its%2520own@db/real?sslmode=disable%26port=1")
          .listen;
  CHECK(whole == Parameters{{"dbname", "real"},
                            {"host", "db"},
                            {"password", "its own"},
                            {"port", "1"},
                            {"sslmode", "disable"},
                            {"user", "you"}});
  const StoreConfig words = parse_postgres_url("host=pooler dbname=x pool=transaction listen='db'");
  CHECK(words.pooled);
  CHECK(words.listen.at("host") == "db");
  CHECK(words.database == "postgresql://pooler/x?pool=transaction");
  CHECK(parse_postgres_url("postgresql://pooler/x?listen=db").migrate_command ==
        "crier --store 'postgresql://pooler/x?pool=transaction' migrate");
  CHECK_FALSE(parse_postgres_url("postgresql://pooler/x?pool=session").pooled);
  CHECK(parse_postgres_url("postgresql://pooler/x").listen.empty());
}

TEST_CASE("postgres: a path is still one") {
  for (const char* path : {"x.db", "host", "./host=a", "./hosts=1.db", "a host"}) {
    CAPTURE(path);
    CHECK(open_store(path)->name() == std::string("sqlite:") + path);
  }
}

TEST_CASE("postgres: a URL with mistakes is refused, and what it holds is not repeated") {
  const std::string form =
      "the store URL is malformed: write postgresql://USER@HOST:PORT/DATABASE?PARAMETER=VALUE, "
      "with %XX for characters that have a meaning there, or host=HOST dbname=DATABASE";
  CHECK(refusal("postgresql:s3cr3t") == form);
  CHECK(refusal("postgresql://u:s3cr3t@[x") == form);
  CHECK(refusal("postgresql://u:s3cr3t%zz@x/y") == form);
  CHECK(refusal("host=a password='s3cr3t") == form);
  CHECK(refusal("host=a s3cr3t") == form);
  // A password that was not escaped.
  CHECK(refusal("postgresql://u:s3/cr3t@host/x") == form);
  CHECK(refusal("postgresql://u:s3@cr3t@host/x") == form);
  CHECK(refusal("postgresql://u:s3?cr3t@host/x") == form);
  CHECK(refusal("postgresql://u:s3?cr3t=@host/x") == form);
  CHECK(refusal("host=a password=s3 cr3t=x") == form);
  // What a message would show is a host, a database or the like, and nothing after that.
  CHECK(refusal("postgresql://host/x;password=s3cr3t") == form);
  CHECK(refusal("postgresql://u;password=s3cr3t@host/x") == form);
  CHECK(refusal("host=a;Password=s3cr3t") == form);
  CHECK(refusal("host=u:s3cr3t@a") == form);
  CHECK(refusal("host=a port=1;password=s3cr3t") == form);
  CHECK(refusal("dbname=postgresql://u:s3cr3t@host/x") == form);
  CHECK(refusal("postgresql://host/x?password=a&s3cr3t") == form);
  const std::string known = "': known are schema, deadline, pool, listen and those of libpq";
  CHECK(refusal("postgresql://x/y?shema=s3cr3t") ==
        "the store URL has an unknown parameter 'shema" + known);
  CHECK(refusal("host=x shema=s3cr3t") == "the store URL has an unknown parameter 'shema" + known);
  CHECK(refusal("postgresql://x/y?schema=a&schema=b") == "the store URL gives schema twice");
  CHECK(refusal("host=x deadline=1s deadline=1s") == "the store URL gives deadline twice");
  CHECK(refusal("postgresql://x/y?deadline=0ms") ==
        "the store's deadline must be between 1ms and 1440m");
  CHECK(refusal("postgresql://x/y?deadline=soon").starts_with("the deadline 'soon' is not"));
  CHECK(refusal("postgresql://x/y?pool=s3cr3t;x").starts_with("the store URL's pool is not known"));
  CHECK(refusal("postgresql://x/y?listen=a&listen=b") == "the store URL gives listen twice");
  for (const char* listen :
       {"", ":5432", "a:", "a:b", "[::1", "[::1]x", "a,b", "a b", "u@h", "postgresql://u:s3cr3t@[x",
        "postgresql://h/x?schema=s", "postgresql://h/x?listen=y", "mysql://u:s3cr3t@h/x"}) {
    CAPTURE(listen);
    const std::string message = refusal("postgresql://x/y?listen=" + std::string(listen));
    CHECK(message.starts_with("the store URL's listen is no address: "));
    CHECK(message.find("s3cr3t") == std::string::npos);
  }
  CHECK(refusal("postgresql://x/y?schema=").starts_with("the store URL's schema must have"));
  CHECK(
      refusal("postgresql://x/y?table=t")
          .starts_with(
              "a PostgreSQL store has no parameter 'table': a table that another program writes"));
  CHECK(refusal("postgresql://x/y?durability=full")
            .starts_with("a PostgreSQL store has no parameter 'durability'"));
  CHECK(refusal("postgresql://x/y?app=shop") ==
        "a PostgreSQL store has no parameter 'app': give each application a schema of its own, "
        "with schema");
}

}  // namespace
}  // namespace crier::test
