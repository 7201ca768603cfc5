// SPDX-License-Identifier: MIT
// How do I cache rows? In a region, which crier keeps coherent; here on a single server.
#include <crier/crier.hpp>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

using namespace crier::literals;

constexpr crier::Guid kArticles = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"_guid;
constexpr crier::Guid kHeadlines = "21ec2020-3aea-4069-a2dd-08002b30309d"_guid;

struct Article {
  std::string title;
};

// Stands for the application's database.
struct Table {
  std::map<std::int64_t, Article> rows;

  std::optional<Article> find(std::int64_t id) const {
    std::cout << "read " << id << '\n';
    const auto found = rows.find(id);
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }
};

int main() {
  Table table{{{7, {"Old news"}}}};
  crier::Registry refreshers;
  crier::CachedRegion<std::int64_t, Article> articles(refreshers, kArticles, "articles");
  crier::CachedRegion<std::int64_t, Article> headlines(
      refreshers, kHeadlines, "headlines",
      {.limits = {.max_entries = 100}, .reload = [&](std::int64_t id) {
         return std::make_shared<Article>(table.find(id).value());
       }});
  crier::Node node(crier::Options{}, refreshers);  // no store: a single server
  node.start();

  articles.get(7, [&] { return table.find(7); });
  headlines.insert(7, Article{"Old news"});
  table.rows[7] = {"News"};

  auto article = articles.get(7, [&] { return table.find(7); });  // from the cache, else loaded
  articles.changed(7);  // after the commit: gone here now, on every other node soon

  std::cout << article->title << '\n';
  std::cout << (articles.get(7) == nullptr ? "gone" : "still there") << '\n';
  headlines.changed(7);
  std::cout << headlines.get(7)->title << '\n';

  crier::AppCaches caches;
  auto greeting = caches.runtime().get<std::string>(
      "greeting:en", [] { return std::string("hello"); }, {.sliding = std::chrono::minutes(10)});
  caches.runtime().clear_by_key("greeting:");  // as do clear_by_regex and clear_of_type<T>

  const crier::RequestScope request(caches);  // this thread works for one request, until it ends
  caches.request().insert<int>("visits", 3);
  caches.isolated<Article>().insert<Article>("newest", Article{"News"});

  std::cout << *greeting << ' ' << *caches.request().get<int>("visits") << '\n';
}
