// SPDX-License-Identifier: MIT
// Which keys an audit asks for, and what a cache answers.
#include <crier/admin/audit.hpp>
#include <crier/app_caches.hpp>
#include <crier/cached_region.hpp>
#include <crier/codec.hpp>
#include <crier/error.hpp>
#include <crier/hybrid_cache.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace crier::test {
namespace {

constexpr auto kNoEnd = AuditSample::Clock::time_point::max();

// What a cache that holds the keys from 0 up to `count` answers.
std::set<std::string> sampled(const AuditRequest& request, int count, bool hints = false) {
  AuditSample sample(request, "products", kNoEnd);
  if (hints) {
    sample.expect(static_cast<std::size_t>(count));
  }
  for (int i = 0; i < count; ++i) {
    if (const std::string key = std::to_string(i); sample.wants(key)) {
      sample.add(key, "1");
    }
  }
  std::set<std::string> keys;
  for (const AuditSample::Row& row : sample.rows()) {
    keys.insert(row.key);
  }
  CHECK(keys.size() == sample.rows().size());
  CHECK(sample.seen() == static_cast<std::size_t>(count));
  return keys;
}

std::map<std::string, std::string> held(const AuditedCache& cache,
                                        const AuditRequest& request = {}) {
  AuditSample sample(request, cache.name, kNoEnd);
  cache.sample(sample);
  std::map<std::string, std::string> held;
  for (const AuditSample::Row& row : sample.rows()) {
    held.emplace(row.key, row.version);
  }
  return held;
}

using Held = std::map<std::string, std::string>;

TEST_CASE("a sample is as large as was asked for, or half of that, and all of a small cache") {
  const AuditRequest request{.keys = 100};
  CHECK(sampled(request, 100).size() == 100);
  for (const bool hints : {false, true}) {
    const std::size_t size = sampled(request, 20'000, hints).size();
    CHECK(size <= 100);
    CHECK(size >= 25);
  }
}

TEST_CASE("nodes that hold more or less answer for the same keys") {
  const AuditRequest request{.keys = 100, .salt = 7};
  const std::set<std::string> more = sampled(request, 20'000, true);
  const std::set<std::string> less = sampled(request, 5'000);
  std::vector<std::string> both;
  std::ranges::set_intersection(more, less, std::back_inserter(both));
  const auto there =
      std::ranges::count_if(more, [](const std::string& key) { return std::stoi(key) < 5'000; });
  CHECK(there > 0);
  CHECK(both.size() == static_cast<std::size_t>(there));
  const std::set<std::string> others = sampled({.keys = 100, .salt = 8}, 20'000, true);
  CHECK(others != more);
}

TEST_CASE("hashes ask for their keys alone, of the cache that they are of") {
  AuditRequest request{.keys = 1, .salt = 3};
  request.hashes = {request.hash_of("products", "17"), request.hash_of("products", "4"),
                    request.hash_of("orders", "5")};
  CHECK(sampled(request, 100) == std::set<std::string>{"17", "4"});
}

TEST_CASE("what can't be compared is left out, and a version is cut") {
  AuditSample sample({}, "products", kNoEnd);
  sample.add("", "1");
  sample.add(std::string(1025, 'k'), "1");
  sample.add("\xff", "1");
  sample.add(std::string("a\0b", 3), "1");
  CHECK(sample.rows().empty());
  sample.add(std::string(1024, 'k'), std::string(1000, 'v'));
  sample.add("\x1b[31m", std::string("\xff\0", 2));
  REQUIRE(sample.rows().size() == 2);
  CHECK(sample.rows()[0].version.size() == 255);
  CHECK(sample.rows()[1].version == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("a sample ends with its time") {
  AuditSample sample({}, "products", AuditSample::Clock::time_point::min());
  int wanted = 0;
  for (int i = 0; i < 10'000; ++i) {
    wanted += sample.wants(std::to_string(i)) ? 1 : 0;
  }
  CHECK(wanted < 1'000);
}

struct Priced {
  std::int64_t version = 0;
  std::string etag;
};

TEST_CASE("a region answers with its keys as texts, and \"nothing\" as an empty version") {
  CachedRegion<std::int64_t, Priced> ids("ids", {.keep = {.nothing_too = true}});
  ids.insert(-7, Priced{12, "a"});
  ids.insert(8, Priced{13, "b"});
  ids.insert(9, std::optional<Priced>(), {.nothing_too = true});
  CHECK(held(ids.audited(&Priced::version)) == Held{{"-7", "12"}, {"8", "13"}, {"9", ""}});
  CHECK(held(ids.audited([](const Priced& one) { return one.etag; })) ==
        Held{{"-7", "a"}, {"8", "b"}, {"9", ""}});
  CachedRegion<Guid, Priced> guids("guids");
  const Guid guid = Guid::parse("7c9e6679-7425-40de-944b-e07fc1f90ae7").value();
  guids.insert(guid, Priced{1, ""});
  CHECK(held(guids.audited(&Priced::version)) == Held{{guid.to_string(), "1"}});
  CachedRegion<std::string, Priced> texts("texts");
  texts.insert("a b", Priced{1, ""});
  CHECK(held(texts.audited(&Priced::version)) == Held{{"a b", "1"}});
}

TEST_CASE("a region's answer is of what has not expired, and touches nothing") {
  std::chrono::nanoseconds now{0};
  CachedRegion<std::int64_t, Priced> region("products", {.clock = [&] { return now; }});
  region.insert(1, Priced{1, ""}, {.absolute = std::chrono::seconds(1)});
  region.insert(2, Priced{2, ""});
  const AuditedCache audited = region.audited(&Priced::version);
  CHECK(held(audited).size() == 2);
  now = std::chrono::seconds(2);
  CHECK(held(audited) == Held{{"2", "2"}});
  CHECK(region.statistics().hits == 0);
}

TEST_CASE("a region that has died holds nothing") {
  AuditedCache audited;
  {
    CachedRegion<std::int64_t, Priced> region("products");
    region.insert(1, Priced{1, ""});
    audited = region.audited(&Priced::version);
    CHECK(held(audited).size() == 1);
  }
  CHECK(held(audited).empty());
}

TEST_CASE("a request says the same after its way through the log") {
  AuditRequest small{"w\"\n", "c\x01", 17, ~std::uint64_t{0}, {}};
  AuditRequest large;
  for (std::uint64_t i = 0; i < AuditRequest::kMostKeys; ++i) {
    large.hashes.push_back(~i);
  }
  for (const AuditRequest& request : {AuditRequest{}, small, large}) {
    const Decoded decoded = decode(encode(std::vector{instruction_of(request)}));
    REQUIRE(decoded.instructions.size() == 1);
    CHECK(audit_request_of(decoded.instructions[0]) == request);
  }
  CHECK_THROWS_AS(static_cast<void>(instruction_of({.node = "\xff"})), Error);
}

TEST_CASE("a request that is not understood asks for nothing") {
  const auto read = [](std::string payload) {
    return audit_request_of(Instruction::refresh_by_json(kAuditRequest, std::move(payload)));
  };
  for (const std::string& payload :
       {std::string(), std::string("{"), std::string("7"), std::string(200'000, '['),
        std::string(R"({"node":7})"), std::string(R"({"keys":0})"),
        std::string(R"({"keys":10001})"), std::string(R"({"keys":-1})"),
        std::string(R"({"hashes":["a"]})"), std::string(R"({"salt":{}})"),
        R"({"node":")" + std::string(300'000, 'a') + "\"}"}) {
    CHECK_FALSE(read(payload));
  }
  CHECK_FALSE(audit_request_of(Instruction::refresh_by_id(kAuditRequest, 7)));
  CHECK(read(R"({"node":"web-1","by":"a later version"})") == AuditRequest{.node = "web-1"});
}

}  // namespace
}  // namespace crier::test
