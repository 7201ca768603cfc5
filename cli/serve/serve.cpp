// SPDX-License-Identifier: MIT
#include "serve/serve.hpp"

#include <crier/admin/identity.hpp>
#include <crier/error.hpp>

#include "arguments.hpp"
#include "base/ascii.hpp"
#include "interrupt.hpp"
#include "json.hpp"
#include "serve/http_server.hpp"
#include "serve/routes.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <mutex>
#include <ostream>
#include <pwd.h>
#include <unistd.h>
#include <utility>

namespace crier::cli {

namespace {

std::string user_of_system() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const uid_t id = ::geteuid();
  if (::getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return "user " + std::to_string(id);
}

bool is_ipv6(const std::string& text) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET6, text.c_str(), &ignored) == 1;
}

// As a browser names a machine.
bool is_host(const std::string& text) {
  return is_ipv6(text) || (!text.empty() && std::ranges::all_of(text, [](char c) {
           return is_ascii_letter(c) || is_ascii_digit(c) || c == '.' || c == '-' || c == '_';
         }));
}

// With the brackets that an IPv6 address bears in front of a port.
std::string bracketed(const std::string& host) { return is_ipv6(host) ? "[" + host + "]" : host; }

void check_safe(const ServeSettings& settings) {
  if (!settings.listen.is_loopback() && settings.token_file.empty()) {
    throw usage_error("--listen: " + settings.listen.text() +
                      " can be reached from other machines; give --token-file, too");
  }
  if (settings.listen.is_any() && settings.hosts.empty()) {
    throw usage_error("--listen: browsers may call " + settings.listen.text() +
                      " by any name; give the names that are meant with --host");
  }
  for (const std::string& host : settings.hosts) {
    if (!is_host(host)) {  // browsers would never send it
      throw usage_error(
          "--host: " + argument_text(host) +
          " is no name of a machine, such as cache.example, 192.0.2.1 or 2001:db8::1; a "
          "port and a scheme are no part of it");
    }
  }
  if (settings.user && settings.user->find_first_not_of(' ') == std::string::npos) {
    throw usage_error("--user: the name is empty");
  }
}

std::vector<std::string> hosts_of(const ServeSettings& settings) {
  std::vector<std::string> hosts;
  for (const std::string& host : settings.hosts) {
    hosts.push_back(in_lower_case(bracketed(host)));
  }
  hosts.push_back(bracketed(settings.listen.host));
  if (settings.listen.is_loopback()) {
    hosts.insert(hosts.end(), {"localhost", "127.0.0.1", "[::1]"});
  }
  return hosts;
}

}  // namespace

int serve(Session& session, const ServeSettings& settings) {
  check_safe(settings);
  std::vector<AccessToken> tokens;
  if (!settings.token_file.empty()) {
    tokens = read_access_tokens(settings.token_file);
  }
  const bool is_open = tokens.empty();
  static_cast<void>(session.open(Access::read_only)->newest());  // what is wrong now, is told now
  ListenAddress address = settings.listen;
  const Listener listener = listen_at(address);
  address.port = listener.port;
  std::mutex output;
  Site site{
      .access = StoreAccess(open_store(session.require_store())),
      .gate = Gate({.hosts = hosts_of(settings),
                    .tokens = std::move(tokens),
                    .user = settings.user.value_or(user_of_system()),
                    .cookie = "crier_" + std::to_string(address.port)}),
      .limits = settings.limits,
      .allow_actions = settings.allow_actions,
      .originated = Identity::of_this_process("crier").originated(),
      .say =
          [&](const std::string& sentence) {
            const std::lock_guard lock(output);
            session.say(sentence);
          },
  };
  session.interrupt.catch_signals();
  const HttpServer server(listener.socket,
                          [&site](const HttpRequest& request) { return answer(request, site); });
  const std::string url = "http://" + address.text() + "/";
  session.put(session.json ? line_of({{"url", url}}) : url);
  session.streams.out << std::flush;
  site.say("serving " + site.access.store().name() + " until interrupted; " +
           (settings.allow_actions ? "actions are allowed" : "it only reads") +
           (is_open ? "; whoever has an account on this machine may use it, unless there is a "
                      "--token-file"
                    : ""));
  session.interrupt.wait();
  site.is_stopping = true;
  return 0;
}

}  // namespace crier::cli
