// SPDX-License-Identifier: MIT
// A store that is another system's connection string: it is refused, and neither shown nor taken
// for the path of a file.
#include <crier/admin/store.hpp>
#include <crier/shared_cache.hpp>

#include "support/errors.hpp"

#include <doctest/doctest.h>

#include <string>

namespace crier::test {
namespace {

// Each holds the secret "s3cr3t", or a part of it.
const std::string kForeign[] = {
    "Host=db;Username=shop;Password=s3cr3t;Database=shop",
    "Host=db; Password=s3cr3t",
    "host=db;Password=s3cr3t;Database=shop",
    "host=db,password=s3cr3t dbname=shop",
    "Server=tcp:db.example.com,1433;User Id=u;Password=s3cr3t;",
    "Data Source=shop.db;Password=s3cr3t",
    "Filename=./shop.db;Password=s3cr3t",
    "Driver={PostgreSQL};Server=db;Uid=u;Pwd=s3cr3t;",
    "DSN=shop;PWD=s3cr3t",
    "Password=s3cr3t",
    "sslmode=require host=db password=s3cr3t",
    "cache:6379,password=s3cr3t,ssl=True",
    "cache,password=s3cr3t",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=s3cr3t==",
    "postgresql+ssl://u:s3cr3t@db/shop",
    "postgresql+psycopg2://u:s3cr3t@db/shop",
    " postgresql://u:s3cr3t@db/shop",
    "\"postgresql://u:s3cr3t@db/shop\"",
    "postgresql%3A%2F%2Fu%3As3cr3t%40db%2Fshop",
    "redis-sentinel://:s3cr3t@a,b/shop",
    "rediss://:s3cr3t@cache",
    "redis://:s3cr3t@cache",
    "mongodb+srv://u:s3cr3t@db/shop",
    "jdbc:postgresql://db/shop?user=u&password=s3cr3t",
    "jdbc:sqlserver://db;user=u;password=s3cr3t",
    "my_sql://u:s3cr3t@db",
    "sqlite+pysqlcipher://:s3cr3t@/shop.db",
    "sqlite://u:s3cr3t@db/shop.db",
    "//u:s3cr3t@db/shop",
    "u:s3cr3t@db/shop",
    "user:s3cr3t@tcp(db:3306)/shop",
    "u/s3cr3t@db:1521/shop",
    "u/s3cr3t@db",
    "db.example.com:5432:shop:u:s3cr3t",
    "10.0.0.1:5432:shop:u:s3cr3t",
    "shop.db?table=t;Password=s3cr3t",
    "shop.db?deadline=2s;Password=s3cr3t",
    "shop.db?durability=full;Password=s3cr3t",
    "shop.db?;Password=s3cr3t",
    "redis://cache,password=s3cr3t",
    "redis://cache;password=s3cr3t",
    "redis://cache:6379,password=s3cr3t",
    "redis://cache/0;password=s3cr3t",
    "redis://cache?prefix=a;password=s3cr3t",
    "redis://cache?deadline=2s;password=s3cr3t",
    "redis+unix:///run/redis.sock;password=s3cr3t",
#ifdef CRIER_HAS_POSTGRES
    "postgresql://u@db/shop;password=s3cr3t",
    "postgresql://u@db/shop&password=s3cr3t",
    "postgresql://u@db;password=s3cr3t/shop",
    "postgresql://u;password=s3cr3t@db/shop",
    "postgresql://db/shop?host=h;password=s3cr3t",
    "postgresql://db/shop?schema=s;password=s3cr3t",
    "postgresql://db/shop?deadline=2s;password=s3cr3t",
    "postgresql://db/shop?password=a&s3cr3t",
    "postgresql://db/shop?sslpassword=a&s3cr3t=b",
    "postgresql:u:s3cr3t@db",
    "host=u:s3cr3t@db dbname=shop",
    "dbname=postgresql://u:s3cr3t@db/shop",
    "host=db port=5432;password=s3cr3t",
    "host=db sslpassword=a s3cr3t=b",
    "host=db schema=s;password=s3cr3t",
    "host=db user=u;password=s3cr3t",
    "service=shop;password=s3cr3t",
#endif
};

bool tells_nothing(const std::string& message) {
  return message.find("s3cr3t") == std::string::npos;
}

TEST_CASE("another system's connection string is refused, and nothing of it is repeated") {
  for (const std::string& store : kForeign) {
    CAPTURE(store);
    const Error error = error_of([&] { static_cast<void>(open_store(store)); });
    CHECK(error.invalid_argument());
    CHECK(error.operation() == "open");
    CHECK_MESSAGE(tells_nothing(error.what()), std::string(error.what()));
    try {
      const std::string name = open_shared_cache(store)->name();  // some are URLs of Redis
      CHECK(tells_nothing(name));
    } catch (const Error& refused) {
      CHECK(refused.invalid_argument());
      CHECK_MESSAGE(tells_nothing(refused.what()), std::string(refused.what()));
    }
  }
}

TEST_CASE("what a refusal says is how a path of that kind is written") {
  for (const std::string text : {"a=b.db", "ab:x", "me@home.db", "a;b", "C:x", "7z:x", "a%3Db"}) {
    CAPTURE(text);
    CHECK(message_of([&] { static_cast<void>(open_store(text)); })
              .ends_with("; a path that holds one of ':', '=', ';' and '@' is written sqlite:PATH "
                         "or ./PATH"));
    CHECK(open_store("sqlite:" + text)->name() == "sqlite:" + text);
    CHECK(open_store("./" + text)->name() == "sqlite:./" + text);
    CHECK(open_store("../" + text)->name() == "sqlite:../" + text);
    CHECK(open_store("/" + text)->name() == "sqlite:/" + text);
  }
}

}  // namespace
}  // namespace crier::test
