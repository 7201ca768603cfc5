// SPDX-License-Identifier: MIT
#include "commands/commands.hpp"
#include "limit_options.hpp"
#include "offer.hpp"
#ifdef CRIER_HAS_SERVE
#include "serve/serve.hpp"
#else
#include <crier/error.hpp>
#endif

#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crier::cli {

namespace {

struct ServeOptions {
  std::string listen = "127.0.0.1:8642";
  std::string token_file;
  std::vector<std::string> hosts;
  std::optional<std::string> user;
  LimitOptions limits;
  bool allow_actions = false;
};

#ifdef CRIER_HAS_SERVE
int run_serve(Session& session, const ServeOptions& options) {
  return serve(session, {.listen = ListenAddress::parse("--listen", options.listen),
                         .token_file = options.token_file,
                         .hosts = options.hosts,
                         .user = options.user,
                         .limits = options.limits.limits(),
                         .allow_actions = options.allow_actions});
}
#else
int run_serve(Session&, const ServeOptions&) {
  throw Error("serve",
              "this crier was built without the web page; build it with libmicrohttpd (Debian: "
              "libmicrohttpd-dev)");
}
#endif

}  // namespace

Command add_serve(CLI::App& root) {
  CLI::App* app =
      root.add_subcommand("serve", "Show the log and its nodes on a web page, until interrupted");
  auto options = std::make_shared<ServeOptions>();
  app->add_option("--listen", options->listen,
                  "Where browsers reach it: an address, a port, or both (default: "
                  "127.0.0.1:8642, for this machine alone); port 0 is any that is free")
      ->type_name("ADDRESS");
  offer(
      app->add_option(
             "--token-file", options->token_file,
             "Ask for a token of this file, which has one on each line; a name may stand before it")
          ->type_name("FILE"),
      {Offer::Kind::files});
  app->add_option("--host", options->hosts,
                  "A name by which browsers may call it, besides its address; may be given again")
      ->type_name("NAME");
  app->add_flag("--allow-actions", options->allow_actions,
                "Retry, dismiss, replay, pause and resume on the page; else it only reads");
  app->add_option("--user", options->user,
                  "Who acts, if no token says it (default: the user that runs this)")
      ->type_name("NAME");
  options->limits.add_to(*app);
  app->footer(
      "Pages: an overview with the verdict of crier status, the freshness of each node and the\n"
      "rate over the last ten minutes; nodes; the log with filters; entries decoded; the log as\n"
      "it grows; a key explained; failures; events; the runbook. They can be read without\n"
      "JavaScript. Each action is recorded with who did it: crier events --kind action. An\n"
      "address that other machines reach takes --token-file; it is not encrypted, so put a proxy\n"
      "with TLS before it, or use ssh -L.\n"
      "\n"
      "Examples:\n"
      "  crier serve\n"
      "  crier serve --listen 8700 --allow-actions\n"
      "  crier serve --listen 0.0.0.0 --host cache.example --token-file tokens");
  return {app, [options](Session& session) { return run_serve(session, *options); }};
}

}  // namespace crier::cli
