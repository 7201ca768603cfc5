// SPDX-License-Identifier: MIT
#include "soak/settings.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace crier::soak {

namespace {

Settings of(const std::vector<std::string>& arguments) { return settings_of(Words(arguments)); }

std::string refusal(const std::string& option, const std::string& value) {
  try {
    static_cast<void>(of({"--" + option, value}));
  } catch (const UsageError& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace

TEST_CASE("the options of a soak") {
  const Settings settings = of({"--minutes", "0.1", "--nodes", "200", "--writers", "1", "--seed",
                                "18446744073709551615", "--kill-every", "500ms", "--no-faults"});
  CHECK(settings.duration == std::chrono::seconds(6));
  CHECK(settings.nodes == 200);
  CHECK(settings.writers == 1);
  CHECK(settings.seed == 18446744073709551615U);
  CHECK(settings.kill_every == std::chrono::milliseconds(500));
  CHECK_FALSE(settings.faults);
  CHECK(settings.restores);
  CHECK_FALSE(of({"--no-restores"}).restores);
  CHECK(of({"--kill-every", "1.5s"}).kill_every == std::chrono::milliseconds(1500));
  CHECK(of({"--kill-every", "0"}).kill_every == std::chrono::milliseconds(0));
  CHECK(of({}).nodes == 8);
}

TEST_CASE("a number of processes that is none from 1 to 200 is refused") {
  for (const std::string option : {"nodes", "writers"}) {
    for (const std::string value : {"0", "201", "-1", "1.5", "3x", "", "many", "1e99"}) {
      CHECK(refusal(option, value) ==
            "--" + option + " wants a whole number from 1 to 200, not '" + value + "'");
    }
  }
  CHECK(refusal("seed", "-1") ==
        "--seed wants a whole number from 0 to 18446744073709551615, not '-1'");
}

TEST_CASE("a time that is none is refused") {
  for (const std::string value : {"0", "-1", "-0", "1e99", "600001", "nan", "inf", "10m", ""}) {
    CHECK(refusal("minutes", value) ==
          "--minutes wants a number above 0, 600000 at most, not '" + value + "'");
  }
  for (const std::string value : {"-1s", "1h", "s", "ms", "1e99", "nan", ""}) {
    CHECK(refusal("kill-every", value) ==
          "--kill-every wants a time such as 1s or 500ms, or 0 for never, not '" + value + "'");
  }
}

TEST_CASE("a word that is no option is refused") {
  CHECK_THROWS_AS(Words({"nodes"}), UsageError);
  CHECK_THROWS_AS(Words({"--node", "1"}).require_known({"nodes"}), UsageError);
}

}  // namespace crier::soak
