// SPDX-License-Identifier: MIT
#include "cache/hybrid/stored_value.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

namespace crier::test {
namespace {

using Tags = std::vector<std::string>;

TEST_CASE("stored value: what was written is read again") {
  const LogView::Made made{std::numeric_limits<std::uint64_t>::max(),
                           {std::numeric_limits<std::int64_t>::max()}};
  for (const Tags& tags : {Tags{}, Tags{"product:7"}, Tags{"a b", "\"]", "line\nfeed", "ä"}}) {
    for (const std::string data : {"", "{}", "a\nb\n", "\xff"}) {
      const auto read = StoredValue::read(StoredValue::write(made, tags, data));
      REQUIRE(read);
      CHECK(read->made.generation == made.generation);
      CHECK(read->made.applied == made.applied);
      CHECK(read->tags == tags);
      CHECK(read->data == data);
    }
  }
}

TEST_CASE("stored value: of another form, it is none") {
  CHECK(StoredValue::read("1 2\n"));
  for (const char* text :
       {"", "\n", "1\n", "1 \n", " 1 2\n", "1 2", "1  2\n", "1 2 \n", "1 2 {}\n", "1 2 [1]\n",
        "1 2 []x\n", "1 2[]\n", "-1 2\n", "1 2x\n", "18446744073709551616 2\n",
        "1 9223372036854775808\n", "[\"1\",\"2\"]\nx", "{\"a\":1}"}) {
    CAPTURE(text);
    CHECK_FALSE(StoredValue::read(text));
  }
}

}  // namespace
}  // namespace crier::test
