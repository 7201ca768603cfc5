// SPDX-License-Identifier: MIT
#include <crier/app_caches.hpp>
#include <crier/error.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <thread>

namespace crier::test {

TEST_CASE("AppCaches: one for the process, one for each type, one for each request") {
  AppCaches caches;
  caches.runtime().insert<int>("k", 1);
  caches.isolated<int>().insert<int>("k", 2);
  caches.isolated<double>().insert<int>("k", 3);
  CHECK(&caches.isolated<int>() == &caches.isolated<int>());
  CHECK_THROWS_WITH_AS(caches.request(),
                       "this thread works for no request: open a RequestScope first", Error);
  {
    RequestScope outer(caches);
    caches.request().insert<int>("k", 4);
    {
      RequestScope inner(caches);
      CHECK(&caches.request() == &inner.cache());
      CHECK(caches.request().get<int>("k") == nullptr);
      const AppCaches others;
      CHECK_THROWS_AS(others.request(), Error);
    }
    CHECK(*caches.request().get<int>("k") == 4);
    std::thread([&] {
      CHECK_THROWS_AS(caches.request(), Error);
      const RequestScope joined(caches, outer.cache());
      CHECK(*caches.request().get<int>("k") == 4);
    }).join();
  }
  CHECK_THROWS_AS(caches.request(), Error);
  caches.clear_isolated<int>();
  CHECK(caches.isolated<int>().get<int>("k") == nullptr);
  CHECK(*caches.isolated<double>().get<int>("k") == 3);
  caches.clear_all_isolated();
  CHECK(caches.isolated<double>().get<int>("k") == nullptr);
  CHECK(*caches.runtime().get<int>("k") == 1);
}

TEST_CASE(
    "AppCaches: request scopes that end out of order leave the newest of those that are left") {
  AppCaches caches;
  auto first = std::make_unique<RequestScope>(caches);
  auto second = std::make_unique<RequestScope>(caches);
  auto third = std::make_unique<RequestScope>(caches);
  second.reset();
  CHECK(&caches.request() == &third->cache());
  first.reset();
  CHECK(&caches.request() == &third->cache());
  const auto fourth = std::make_unique<RequestScope>(caches);
  third.reset();
  CHECK(&caches.request() == &fourth->cache());
}

TEST_CASE("AppCaches: a cache of a type that could not be made leaves nothing behind") {
  AppCaches caches({.isolated = {.max_entries = 0}});
  CHECK_THROWS_AS(static_cast<void>(caches.isolated<int>()), Error);
  caches.clear_all_isolated();
  CHECK_THROWS_AS(static_cast<void>(caches.isolated<int>()), Error);
}

}  // namespace crier::test
