// SPDX-License-Identifier: MIT
#include <crier/error.hpp>
#include <crier/options.hpp>

#include "node/environment.hpp"
#include "support/files.hpp"
#include "support/forked.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crier::test {
namespace {

using namespace std::chrono_literals;

std::string refusal_of(std::string_view variable) {
  try {
    static_cast<void>(options_from({variable}, {}));
  } catch (const Error& error) {
    CHECK(error.invalid_argument());
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("Options::from_env: each kind of value is read") {
  const Options options = options_from(
      {"PATH=/bin", "CRIER_STORE=sqlite:shop.db", "CRIER_NODE_NAME=web-1", "CRIER_READ_ONLY=true",
       "CRIER_MIGRATE_ON_START=0", "CRIER_COLD_START=refresh_all", "CRIER_KEEP_POSITION=in_file",
       "CRIER_POLL_INTERVAL=1m30s", "CRIER_MAX_PROCESSING_INSTRUCTIONS=18446744073709551615",
       "CRIER_RETRY_RETRIES=0", "CRIER_RETRY_FIRST_DELAY=20ms", "CRIER_BACKLOG_ENTRIES=7",
       "CRIER_SHARED_CACHE_DEFAULT_SLIDING=none", "CRIER_ROLE=subscriber"},
      {});
  CHECK(options.store == "sqlite:shop.db");
  CHECK(options.node_name == "web-1");
  CHECK(options.read_only);
  CHECK(!options.migrate_on_start);
  CHECK(options.cold_start == ColdStart::refresh_all);
  CHECK(options.keep_position == KeepPosition::in_file);
  CHECK(options.poll_interval == 90s);
  CHECK(options.max_processing_instructions == static_cast<std::size_t>(-1));
  CHECK(options.retry.retries == 0);
  CHECK(options.retry.first_delay == 20ms);
  CHECK(options.backlog.entries == 7);
  CHECK(!options.shared_cache.default_sliding);
  CHECK(options.role == Role::subscriber);
}

TEST_CASE("Options::from_env: the rest stays as it was given, an empty variable's option, too") {
  Options base;
  base.application = "shop";
  base.poll_interval = 7s;
  base.node_name = "web-1";
  const Options options = options_from({"CRIER_POLL_INTERVAL=", "CRIER_NODE_NAME=web-2"}, base);
  CHECK(options.application == "shop");
  CHECK(options.poll_interval == 7s);
  CHECK(options.node_name == "web-2");
}

TEST_CASE("Options::from_env: a bad value is refused with its variable and what is allowed") {
  CHECK(refusal_of("CRIER_POLL_INTERVAL=500") ==
        "CRIER_POLL_INTERVAL is \"500\": it must be a duration such as 500ms, 5s or 1h30m");
  CHECK(refusal_of("CRIER_SHARED_CACHE_DEFAULT_SLIDING=never") ==
        "CRIER_SHARED_CACHE_DEFAULT_SLIDING is \"never\": it must be a duration such as 20m or "
        "1h30m, or none");
  CHECK(refusal_of("CRIER_READ_ONLY=yes") ==
        "CRIER_READ_ONLY is \"yes\": it must be one of true, false, 1, 0");
  CHECK(refusal_of("CRIER_ROLE=leader") ==
        "CRIER_ROLE is \"leader\": it must be one of unknown, single, scheduling_publisher, "
        "subscriber");
  CHECK(refusal_of("CRIER_RETRY_RETRIES=3x") ==
        "CRIER_RETRY_RETRIES is \"3x\": it must be a whole number, not above 2147483647");
  CHECK(refusal_of("CRIER_MAX_ENTRY_BYTES=-1") ==
        "CRIER_MAX_ENTRY_BYTES is \"-1\": it must be a whole number, not above "
        "18446744073709551615");
}

TEST_CASE("Options::from_env: so is one out of its bounds") {
  CHECK(refusal_of("CRIER_POLL_INTERVAL=0ms") ==
        "CRIER_POLL_INTERVAL is \"0ms\": poll_interval is 0ms: 1ms at the least");
  CHECK(refusal_of("CRIER_RETRY_RETRIES=101") ==
        "CRIER_RETRY_RETRIES is \"101\": retry.retries is 101: 0 to 100");
  CHECK(refusal_of("CRIER_NODE_NAME=a\nb") ==
        "CRIER_NODE_NAME is \"a\\x0ab\": node_name holds a control character");
}

TEST_CASE("Options::from_env: options that go together are judged together, by the node") {
  CHECK(refusal_of("CRIER_HEARTBEAT_INTERVAL=1m") == "accepted");
  CHECK(refusal_of("CRIER_LEASE_DURATION=1s") == "accepted");
  CHECK(refusal_of("CRIER_RETENTION=30d") == "accepted");
  CHECK(refusal_of("CRIER_KEEP_POSITION=in_file") == "accepted");
}

TEST_CASE("Options::from_env: the store's value is not repeated") {
  const std::string what = refusal_of("CRIER_STORE=mysql://shop:secret@host/db");
  CHECK(what.starts_with("CRIER_STORE: "));
  CHECK(what.find("secret") == std::string::npos);
}

TEST_CASE("Options::from_env: an unknown variable is refused, with those that are known") {
  const std::string what = refusal_of("CRIER_POL_INTERVAL=5s");
  CHECK(
      what.starts_with("\"CRIER_POL_INTERVAL\" is no variable of crier's; these are: "
                       "CRIER_STORE, CRIER_NODE_NAME, "));
  CHECK(what.find("CRIER_POLL_INTERVAL") != std::string::npos);
  CHECK(refusal_of("CRIERS=5s") == "accepted");
}

TEST_CASE("Options::from_env: what others set under such a name is let pass") {
  for (const std::string_view variable :
       {"CRIER_NODE_OPTIONS=--durable", "CRIER_TEST_POSTGRES=/tmp/pg",
        "CRIER_SERVICE_HOST=10.0.0.7", "CRIER_SERVICE_PORT=8080", "CRIER_SERVICE_PORT_HTTP=8080",
        "CRIER_PORT=tcp://10.0.0.7:8080", "CRIER_PORT_8080_TCP=tcp://10.0.0.7:8080",
        "CRIER_PORT_8080_TCP_ADDR=10.0.0.7", "CRIER_PAGE_SERVICE_HOST=10.0.0.7",
        "CRIER_PAGE_PORT_8080_TCP_PROTO=tcp"}) {
    CHECK_MESSAGE(refusal_of(variable) == "accepted", variable);
  }
  CHECK(refusal_of("CRIER_NODE_OPTION=--durable") != "accepted");
  CHECK(refusal_of("CRIER_PORTS=8080") != "accepted");
}

TEST_CASE("Options::from_env: reads this process's environment") {
  Forked other([] {
    ::clearenv();  // what the tests themselves are told stands there, too
    ::setenv("CRIER_NODE_NAME", "web-7", 1);
    Options base;
    base.store = "shop.db";
    const bool is_read =
        Options::from_env().node_name == "web-7" && Options::from_env(base).store == "shop.db";
    return is_read ? 0 : 1;
  });
  CHECK(other.wait() == 0);
}

TEST_CASE("docs/options.md names the options that the environment can't set") {
  std::ifstream page(source_file("docs/options.md"));
  std::set<std::string> named;
  for (std::string line; std::getline(page, line) && line != "## From the environment";) {
    // | `store` | empty | …, | `observer`, `log` | none | …
    if (line.starts_with("| `")) {
      const std::string cell = line.substr(1, line.find('|', 1) - 1);
      for (std::size_t at = cell.find('`'); at != std::string::npos;) {
        const std::size_t end = cell.find('`', at + 1);
        named.insert(cell.substr(at + 1, end - at - 1));
        at = cell.find('`', end + 1);
      }
    }
  }
  // Rows that stand for several.
  for (const std::string_view option : options_of_environment()) {
    const std::string name(option.substr(0, option.find('.')));
    CHECK_MESSAGE((named.contains(std::string(option)) || named.contains(name)), option);
  }
  const std::set<std::string> others{"password", "fill_caches", "audit",
                                     "observer", "log",         "surroundings"};
  const std::vector<std::string_view> settable = options_of_environment();
  for (const std::string& name : named) {
    const bool is_settable = std::ranges::any_of(settable, [&](std::string_view option) {
      return option == name || option.starts_with(name + ".");
    });
    CHECK_MESSAGE(is_settable != others.contains(name), name);
  }
}

}  // namespace crier::test
