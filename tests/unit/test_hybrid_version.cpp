// SPDX-License-Identifier: MIT
// Builds that don't understand each other's values share a cache.
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "unit/hybrid_fixture.hpp"

#include <stdexcept>

namespace crier::test {
namespace {

// Takes only what it has written itself.
HybridCodec<std::string> codec_of(const std::string& build) {
  return {.encode = [build](const std::string& value) { return build + value; },
          .decode =
              [build](std::string_view bytes) {
                if (!bytes.starts_with(build)) {
                  throw std::runtime_error("of another build");
                }
                return std::string(bytes.substr(build.size()));
              }};
}

struct VersionFixture {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  HybridMember old_one{store, "old one", open_shared_cache(store), {}, codec_of("old ")};
  HybridMember new_one{
      store, "new one", open_shared_cache(store), {.version = "2"}, codec_of("new ")};
  HybridMember new_two{
      store, "new two", open_shared_cache(store), {.version = "2"}, codec_of("new ")};

  void settle(EntryId id) {
    for (HybridMember* member : {&old_one, &new_one, &new_two}) {
      REQUIRE(member->node.wait_applied(id, std::chrono::seconds(20)));
    }
  }
  static std::string get(HybridMember& member, const std::string& key, const std::string& makes,
                         const HybridEntry& entry = {.tags = {"t"}}) {
    return *member.pages.get(
        key, [&] { return makes; }, entry);
  }
};

TEST_CASE_FIXTURE(VersionFixture,
                  "Hybrid: versions: each has its entries, and what is invalidated goes in all") {
  CHECK(get(old_one, "a", "1") == "1");
  CHECK(get(new_one, "a", "2") == "2");
  CHECK(get(new_two, "a", "x") == "2");
  // The old build's stands still: a node of it that starts now finds it.
  HybridMember old_two(store, "old two", open_shared_cache(store), {}, codec_of("old "));
  CHECK(get(old_two, "a", "x") == "1");
  CHECK(new_two.pages.statistics().shared_hits == 1);
  CHECK(old_two.pages.statistics().shared_hits == 1);
  const auto gone = [&](EntryId id) {
    settle(id);
    REQUIRE(old_two.node.wait_applied(id, std::chrono::seconds(20)));
    for (HybridMember* member : {&old_one, &old_two, &new_one, &new_two}) {
      CHECK(member->pages.get("a") == nullptr);
    }
    CHECK(get(old_one, "a", "1") == "1");
    CHECK(get(new_one, "a", "2") == "2");
    CHECK(get(new_two, "a", "x") == "2");
    CHECK(get(old_two, "a", "x") == "1");
  };
  gone(old_one.pages.remove("a"));
  gone(new_one.pages.remove("a"));
  gone(old_one.pages.remove_by_tag("t"));
  gone(new_two.pages.remove_by_tag("t"));
  gone(new_two.pages.clear());
  gone(old_one.node.cache().refresh_all(kHybrid));
}

TEST_CASE_FIXTURE(VersionFixture, "Hybrid: versions: what one sets the other makes anew") {
  CHECK(get(old_one, "a", "1") == "1");
  CHECK(get(new_one, "a", "1") == "1");
  settle(new_one.pages.set("a", "2"));
  CHECK(*new_two.pages.get("a") == "2");
  CHECK(old_one.pages.get("a") == nullptr);
  CHECK(get(old_one, "a", "2") == "2");
  settle(old_one.pages.set("a", "3"));
  CHECK(*old_one.pages.get("a") == "3");
  CHECK(new_one.pages.get("a") == nullptr);
}

TEST_CASE("Hybrid: versions: one that could be a key's part, or is no text, is refused") {
  Registry registry;
  for (const std::string& version :
       {std::string("a/b"), std::string("#"), std::string("\xff"), std::string(65, 'v')}) {
    const Error error = error_of([&] {
      HybridCache<std::string>(registry, kHybrid, "pages", nullptr, {.version = version});
    });
    CHECK(error.invalid_argument());
    CHECK(std::string(error.what()).find("the version of the hybrid cache pages") == 0);
  }
  CHECK(registry.all().empty());
  // It takes its place in a key.
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  HybridMember member(store, "here", open_shared_cache(store), {.version = std::string(64, 'v')});
  const std::string longest(449 - 5 - 1 - 64 - 1, 'k');
  CHECK(error_of([&] { member.pages.set(longest + "k", "x"); }).invalid_argument());
  REQUIRE(member.node.wait_applied(member.pages.set(longest, "x"), std::chrono::seconds(20)));
  CHECK(*member.pages.get(longest) == "x");
}

}  // namespace
}  // namespace crier::test
