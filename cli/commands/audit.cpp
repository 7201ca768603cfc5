// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "audit_run.hpp"
#include "commands/commands.hpp"
#include "offer.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

struct AuditArguments {
  std::string node;
  std::string cache;
  std::optional<std::string> against;
  std::string keys = "1000";
  std::vector<std::string> again;
  std::string timeout = "10s";
};

AuditOrder order_of(const Session& session, const AuditArguments& given) {
  AuditOrder order;
  order.request.node = given.node;
  order.request.cache = given.cache;
  order.request.keys = parse_count("--keys", given.keys);
  if (order.request.keys > AuditRequest::kMostKeys) {
    throw usage_error("--keys: at most " + std::to_string(AuditRequest::kMostKeys));
  }
  std::random_device random;  // other keys each time
  order.request.salt = (std::uint64_t{random()} << 32U) | random();
  order.timeout = parse_duration("--timeout", given.timeout);
  if (!given.again.empty()) {
    order.again.clear();
  }
  for (const std::string& after : given.again) {
    order.again.push_back(parse_duration("--again", after));
  }
  std::ranges::sort(order.again);
  if (given.against && given.cache.empty()) {
    throw usage_error("--against: name with --cache the cache whose versions the query gives");
  }
  if (given.against) {
    constexpr std::size_t kMostQueryBytes = 64 * 1024;
    order.query = read_bytes("--against", *given.against, session.streams.in, kMostQueryBytes);
  }
  return order;
}

}  // namespace

Command add_audit(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "audit", "Compare what the nodes' caches hold with each other, or with a query");
  auto options = std::make_shared<AuditArguments>();
  app->add_option("--cache", options->cache, "This cache alone")->type_name("NAME");
  offer(app->add_option("--node", options->node, "Ask the node of this name alone")
            ->type_name("NAME"),
        {Offer::Kind::nodes});
  offer(app->add_option("--against", options->against,
                        "A query that gives keys and versions of the cache, which is to be named; "
                        "or @FILE, or - for standard input")
            ->type_name("SQL"),
        {Offer::Kind::text_or_file});
  app->add_option("--keys", options->keys,
                  "Compare at most so many keys of each cache (default: 1000)")
      ->type_name("N");
  app->add_option("--again", options->again,
                  "Ask again for what differs, so long after the first answers (default: 1s 5s "
                  "10s)")
      ->type_name("DURATION")
      ->expected(1, 10);
  app->add_option("--timeout", options->timeout,
                  "Wait at most so long for answers, and for the query (default: 10s)")
      ->type_name("DURATION");
  app->footer(
      "Each node answers which version of a value its caches hold, if its program has said how\n"
      "(Options::audit); the keys are chosen anew each time, the same on all nodes. The request "
      "is\n"
      "an entry of the log, so that all answer for the same place in it. A value may be newer "
      "than\n"
      "that: what differs is asked for again. Prints how much agreed at once and after each look,\n"
      "and what stays different.\n"
      "\n"
      "The query runs in a transaction that only reads, in the store's database, and gives two\n"
      "columns: the key as crier has it (an id in digits, a GUID in small letters), and the\n"
      "version. What a node holds, but the query does not give, is different, too.\n"
      "\n"
      "Exits 0 if all agree in the end, 3 if not, and 4 if it could not look: the store is out of\n"
      "reach, a live node has not answered, or there was nothing to compare.\n"
      "\n"
      "Examples:\n"
      "  crier audit\n"
      "  crier audit --cache products --against 'SELECT id, version FROM products'\n"
      "  crier audit --keys 100 --again 500ms 2s --json");
  return {app,
          [options](Session& session) { return run_audit(session, order_of(session, *options)); }};
}

}  // namespace crier::cli
