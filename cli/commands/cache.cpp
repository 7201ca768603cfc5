// SPDX-License-Identifier: MIT
#include <crier/shared_cache.hpp>

#include "arguments.hpp"
#include "base/redis_scheme.hpp"
#include "base/utf8.hpp"
#include "commands/cache_keys.hpp"
#include "commands/commands.hpp"
#include "json.hpp"
#include "offer.hpp"
#include "printable.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crier::cli {

namespace {

struct SetArguments {
  std::string key;
  std::string value = "-";
  std::optional<std::string> after;
  std::optional<std::string> at;
  std::optional<std::string> sliding;
  bool forever = false;
};

// Runs what looks at the table, or makes it.
std::function<int(Session&)> in_database(int (*run)(Session&), std::string name) {
  return [run, name = std::move(name)](Session& session) {
    if (is_redis_url(session.require_store())) {
      throw usage_error("cache " + name +
                        " needs a database: in Redis there is no table; the other commands work");
    }
    return run(session);
  };
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const auto at = [&](std::size_t offset) -> unsigned {
      return offset < left ? static_cast<unsigned char>(bytes[i + offset]) : 0U;
    };
    const unsigned group = at(0) << 16U | at(1) << 8U | at(2);
    text += {kDigits[group >> 18U], kDigits[group >> 12U & 63U],
             left > 1 ? kDigits[group >> 6U & 63U] : '=', left > 2 ? kDigits[group & 63U] : '='};
  }
  return text;
}

struct GetArguments {
  std::string key;
  bool peek = false;
};

int run_get(Session& session, const GetArguments& given) {
  const auto cache = open_cache(session);
  const std::string& key = given.key;
  const std::optional<std::string> value = given.peek ? cache->peek(key) : cache->get(key);
  if (!value) {
    session.say("there is no \"" + key + "\" in this cache");
    return kNotSo;
  }
  if (session.json) {
    const bool text = is_utf8(*value);
    session.put(line_of({{"key", key},
                         {"bytes", value->size()},
                         {text ? "value" : "base64", text ? *value : base64(*value)}}));
  } else if (session.terminal) {
    session.put(printable(*value));
  } else {
    session.streams.out << *value;
  }
  return 0;
}

int run_set(Session& session, const SetArguments& given) {
  if (given.forever && (given.after || given.at || given.sliding)) {
    throw usage_error("--forever excludes --after, --at and --sliding");
  }
  SharedCacheOptions options;
  if (given.forever) {
    options.default_sliding.reset();
  }
  SharedExpiry expiry;
  if (given.after) {
    expiry.after = parse_duration("--after", *given.after);
  }
  if (given.at) {
    expiry.at = parse_point("--at", *given.at);
  }
  if (given.sliding) {
    expiry.sliding = parse_duration("--sliding", *given.sliding);
  }
  const std::string value =
      read_bytes("--value", given.value, session.streams.in, options.max_value_bytes);
  open_cache(session, options)->set(given.key, value, expiry);
  return 0;
}

int run_remove(Session& session, const std::vector<std::string>& keys) {
  const auto cache = open_cache(session);
  for (const std::string& key : keys) {
    cache->remove(key);
  }
  return 0;
}

int run_stats(Session& session) {
  const CacheStats stats = session.open(Access::read_only).connection->cache().stats();
  const struct {
    const char* json;
    const char* text;
    std::int64_t count;
  } figures[] = {{"entries", "entries", stats.entries},
                 {"bytes", "bytes", stats.bytes},
                 {"largest", "largest", stats.largest},
                 {"sliding", "sliding", stats.sliding},
                 {"withoutEnd", "without end", stats.without_end},
                 {"gone", "gone", stats.gone}};
  Json json;
  for (const auto& [name, text, count] : figures) {
    json[name] = count;
    if (!session.json) {
      session.put(std::string(text) + std::string(13 - std::string_view(text).size(), ' ') +
                  std::to_string(count));
    }
  }
  if (session.json) {
    session.put(line_of(json));
  }
  return 0;
}

// Adds a subcommand of `cache`, which then runs in its place.
using Chosen = std::shared_ptr<std::function<int(Session&)>>;
CLI::App* add(CLI::App& cache, const Chosen& chosen, const char* name, const char* description,
              std::function<int(Session&)> run) {
  CLI::App* app = cache.add_subcommand(name, description);
  app->callback([chosen, run = std::move(run)] { *chosen = run; });
  return app;
}

void add_key(CLI::App* app, std::string& key) {
  app->add_option("KEY", key, "1 to 449 bytes of UTF-8")->required()->type_name("");
}

void add_set(CLI::App& cache, const Chosen& chosen) {
  auto set = std::make_shared<SetArguments>();
  CLI::App* app = add(cache, chosen, "set", "Store a value",
                      [set](Session& session) { return run_set(session, *set); });
  add_key(app, set->key);
  offer(app->add_option("--value", set->value,
                        "Any bytes; @FILE reads a file, - standard input (default)")
            ->type_name("TEXT"),
        {Offer::Kind::text_or_file});
  app->add_option("--after", set->after, "When it expires, from now on, as in 5m")
      ->type_name("DURATION");
  app->add_option("--at", set->at, "When it expires, in UTC; --after wins over it")
      ->type_name("TIME");
  app->add_option("--sliding", set->sliding,
                  "How long it lives from each use on, until --after or --at")
      ->type_name("DURATION");
  app->add_flag("--forever", set->forever, "It never expires");
  app->footer(
      "With none of these an entry expires 20 minutes after its last use.\n"
      "\n"
      "Examples:\n"
      "  crier cache set greeting --value hello --after 5m\n"
      "  crier cache set report --value @report.pdf --sliding 20m --after 8h");
}

}  // namespace

Command add_cache(CLI::App& root) {
  CLI::App* app = root.add_subcommand("cache", "Look into the shared cache, and change it");
  app->require_subcommand(1);
  const auto chosen = std::make_shared<std::function<int(Session&)>>();
  add(*app, chosen, "init", "Create the table, and whatever else of crier's is missing",
      in_database(run_migrate, "init"));
  auto get = std::make_shared<GetArguments>();
  CLI::App* const of_get =
      add(*app, chosen, "get", "Print a value, byte by byte; exits 3 if there is none",
          [get](Session& session) { return run_get(session, *get); });
  add_key(of_get, get->key);
  of_get->add_flag("--peek", get->peek, "Only look: a sliding time does not begin anew");
  add_set(*app, chosen);
  auto keys = std::make_shared<std::vector<std::string>>();
  add(*app, chosen, "remove", "Remove entries; one that is not there is no error",
      [keys](Session& session) { return run_remove(session, *keys); })
      ->add_option("KEY", *keys, "The keys whose entries go")
      ->required()
      ->type_name("");
  add(*app, chosen, "stats", "Count what stands in the table", in_database(run_stats, "stats"));
  auto listed = std::make_shared<KeysArguments>();
  CLI::App* const of_list =
      add(*app, chosen, "list", "Print the keys that have a value, one a line",
          [listed](Session& session) { return run_cache_list(session, *listed); });
  of_list->add_option("--prefix", listed->prefix, "Only keys that begin so")->type_name("TEXT");
  of_list->add_option("--limit", listed->limit, "At most so many (default: 1000)")->type_name("N");
  auto cleared = std::make_shared<KeysArguments>();
  CLI::App* const of_clear =
      add(*app, chosen, "clear", "Remove every entry, or those that --prefix names",
          [cleared](Session& session) { return run_cache_clear(session, *cleared); });
  of_clear->add_option("--prefix", cleared->prefix, "Only keys that begin so")->type_name("TEXT");
  of_clear->add_flag("--yes", cleared->yes, "Don't ask");
  of_clear->footer(
      "At a terminal it asks first if there is something to remove, and exits 3 if the answer is\n"
      "no. A script is not asked.\n"
      "\n"
      "Examples:\n"
      "  crier cache clear --prefix greet --yes");
  app->footer(
      "The store may be Redis, too, but for init and stats: redis://HOST[:PORT][?prefix=TEXT].\n"
      "Values go to standard output as they are. On a terminal, control characters are made\n"
      "visible; with --json, values are text, or base64 if they are not UTF-8.\n"
      "\n"
      "Examples:\n"
      "  crier cache init\n"
      "  crier cache set greeting --value hello --after 5m\n"
      "  crier cache get greeting --json\n"
      "  crier cache list --prefix greet\n"
      "  crier cache remove greeting\n"
      "  crier cache stats\n"
      "  crier cache clear --prefix greet");
  return {app, [chosen](Session& session) { return (*chosen)(session); }};
}

}  // namespace crier::cli
