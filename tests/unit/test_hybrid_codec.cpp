// SPDX-License-Identifier: MIT
// Values of a HybridCache that are no JSON.
#include <crier/error.hpp>

#include "support/errors.hpp"
#include "unit/hybrid_fixture.hpp"

#include <stdexcept>

namespace crier::test {
namespace {

// Knows nothing of JSON, and can't be assigned.
struct Picture {
  const int pixels;
};

HybridCodec<Picture> picture_codec() {
  return {.encode =
              [](const Picture& picture) {
                if (picture.pixels < 0) {
                  throw std::runtime_error("no pixels");
                }
                return std::string(static_cast<std::size_t>(picture.pixels), '\xff');
              },
          .decode =
              [](std::string_view bytes) {
                if (bytes == "\xff") {
                  throw 7;  // NOLINT(hicpp-exception-baseclass): applications throw anything
                }
                return Picture{static_cast<int>(bytes.size())};
              }};
}

struct PictureMember {
  std::shared_ptr<SharedCache> shared;
  std::vector<std::string> failed;
  Registry registry;
  HybridCache<Picture> pictures;
  Node node;

  PictureMember(const std::string& store, std::string name)
      : shared(open_shared_cache(store)),
        pictures(
            registry, kHybrid, "pictures", shared,
            {.on_failed_fill = [this](const Error& error) { failed.emplace_back(error.what()); }},
            picture_codec()),
        node(HybridMember::options(store, std::move(name)), registry) {
    node.start();
  }
};

struct PictureFixture {
  TempDir dir;
  const std::string store = "sqlite:" + (dir / "shop.db").string() + "?deadline=20s";
  PictureMember here{store, "here"};
  PictureMember there{store, "there"};
};

TEST_CASE_FIXTURE(PictureFixture, "Hybrid: codec: values travel as the bytes that it gives") {
  CHECK(here.pictures.get("a", [] { return Picture{3}; })->pixels == 3);
  CHECK(there.pictures.get("a")->pixels == 3);
  const std::string stored = here.shared->get("pictures/a").value_or("");
  CHECK(stored.ends_with("\n\xff\xff\xff"));
  const EntryId id = here.pictures.set("a", Picture{5});
  REQUIRE(there.node.wait_applied(id, std::chrono::seconds(20)));
  CHECK(there.pictures.get("a")->pixels == 5);
}

TEST_CASE_FIXTURE(PictureFixture,
                  "Hybrid: codec: what it can't encode is refused by name, and nobody is told") {
  const EntryId before = here.node.cache().refresh_all(kHybrid);
  const Error error = error_of([&] { here.pictures.set("a", Picture{-1}); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()) ==
        "the value for 'a' of the cache pictures can't be encoded: no pixels");
  auto batch = here.node.cache().batch();
  CHECK(error_of([&] { here.pictures.set("a", Picture{-1}, batch); }).invalid_argument());
  const EntryId after = here.node.cache().refresh_all(kHybrid);
  CHECK(after.value == before.value + 1);
  REQUIRE(here.node.wait_applied(after, std::chrono::seconds(20)));  // else it takes what is kept
  // What a factory has made is this node's own, and a fill that failed.
  CHECK(here.pictures.get("b", [] { return Picture{-1}; })->pixels == -1);
  CHECK(here.pictures.get("b")->pixels == -1);
  CHECK(there.pictures.get("b") == nullptr);
  CHECK(here.pictures.statistics().failed_fills == 1);
  REQUIRE(here.failed.size() == 1);
  CHECK(here.failed[0] == "the value for 'b' of the cache pictures can't be encoded: no pixels");
}

TEST_CASE_FIXTURE(PictureFixture, "Hybrid: codec: what it can't decode is made anew") {
  CHECK(here.pictures.get("a", [] { return Picture{1}; })->pixels == 1);
  CHECK(there.pictures.get("a") == nullptr);
  CHECK(there.pictures.statistics().shared_misses == 1);
  CHECK(there.pictures.get("a", [] { return Picture{2}; })->pixels == 2);
  CHECK(there.pictures.statistics().failed_reads == 0);
}

TEST_CASE("Hybrid: codec: one that lacks a function is refused") {
  Registry registry;
  HybridCodec<Picture> codec = picture_codec();
  codec.decode = nullptr;
  const Error error =
      error_of([&] { HybridCache<Picture>(registry, kHybrid, "pictures", nullptr, {}, codec); });
  CHECK(error.invalid_argument());
  CHECK(std::string(error.what()) ==
        "the codec of the cache pictures has no function 'decode': it needs both");
  codec = picture_codec();
  codec.encode = nullptr;
  CHECK(error_of([&] {
          HybridCache<Picture>(registry, kHybrid, "pictures", nullptr, {}, codec);
        }).invalid_argument());
  CHECK(registry.all().empty());
}

}  // namespace
}  // namespace crier::test
