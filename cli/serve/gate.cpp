// SPDX-License-Identifier: MIT
#include "serve/gate.hpp"

#include "base/ascii.hpp"
#include "printable.hpp"

#include <algorithm>
#include <utility>

namespace crier::cli {

namespace {

constexpr std::size_t kMostSessions = 1000;

// "shop.example" of "shop.example:8642".
std::string host_of(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != authority.npos && std::ranges::all_of(authority.substr(colon + 1), is_ascii_digit);
  return in_lower_case(authority.substr(0, has_port ? colon : authority.npos));
}

// The host that is asked; empty unless the request names exactly one.
std::string authority_of(const HttpRequest& request) {
  const auto is_host = [](const auto& one) { return same_ignoring_case(one.first, "Host"); };
  return std::ranges::count_if(request.headers, is_host) == 1 ? request.header("Host") : "";
}

std::string cookie_of(const HttpRequest& request, const std::string& name) {
  const std::string all = request.header("Cookie");
  std::string_view rest = all;
  while (!rest.empty()) {
    std::string_view one = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with(name + '=')) {
      return std::string(one.substr(name.size() + 1));
    }
  }
  return "";
}

std::string set_cookie(const std::string& name, const std::string& value,
                       const std::string& more = {}) {
  return name + "=" + value + "; Path=/; HttpOnly; SameSite=Strict" + more;
}

}  // namespace

Gate::Gate(Settings settings)
    : settings_(std::move(settings)), anybody_{settings_.user, random_secret()} {
  for (const AccessToken& token : settings_.tokens) {
    token_visitors_.push_back({token.who.empty() ? settings_.user : token.who, random_secret()});
  }
}

std::optional<Gate::Refusal> Gate::refuse(const HttpRequest& request) const {
  const std::string authority = authority_of(request);
  if (std::ranges::find(settings_.hosts, host_of(authority)) == settings_.hosts.end()) {
    return Refusal{421, "This server does not answer to the name " + in_quotes(authority, 255) +
                            "; if it is to, start it with --host."};
  }
  if (request.method == "GET" || request.method == "HEAD") {
    return std::nullopt;
  }
  if (request.method != "POST") {
    return Refusal{405, "This server takes GET, HEAD and POST."};
  }
  // A proxy may speak HTTPS to the browser.
  const std::string origin = in_lower_case(request.header("Origin"));
  const std::string here = in_lower_case(authority);
  if (origin != "http://" + here && origin != "https://" + here) {
    return Refusal{403, "This form was not sent from a page of this server."};
  }
  if (!request.has_form) {
    return Refusal{415, "A POST is to hold a form, application/x-www-form-urlencoded."};
  }
  return std::nullopt;
}

std::optional<Gate::Refusal> Gate::refuse_form(const HttpRequest& request,
                                               std::string_view secret) {
  if (same_secret(request.field("secret").value_or(""), secret)) {
    return std::nullopt;
  }
  return Refusal{403,
                 "This form is from before you logged in, or before the server was started again; "
                 "go back, load the page anew, and send it again."};
}

std::optional<Gate::Visitor> Gate::visitor(const HttpRequest& request) {
  if (!is_locked()) {
    return anybody_;
  }
  constexpr std::string_view kBearer = "Bearer ";
  if (const std::string given = request.header("Authorization");
      starts_ignoring_case(given, kBearer)) {
    const Visitor* const known = find(std::string_view(given).substr(kBearer.size()));
    return known == nullptr ? std::nullopt : std::optional(*known);
  }
  const std::string cookie = cookie_of(request, settings_.cookie);
  const std::lock_guard lock(mutex_);
  forget_old();
  const auto found = sessions_.find(cookie);
  if (found == sessions_.end()) {
    return std::nullopt;
  }
  found->second.used = std::chrono::steady_clock::now();
  return found->second.visitor;
}

std::optional<std::string> Gate::log_in(std::string_view token) {
  const Visitor* const known = find(token);
  if (known == nullptr) {
    return std::nullopt;
  }
  std::string id = random_secret();
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kMostSessions) {
    sessions_.erase(std::ranges::min_element(
        sessions_, {}, [](const auto& session) { return session.second.used; }));
  }
  sessions_[id] = {{known->who, random_secret()}, std::chrono::steady_clock::now()};
  return set_cookie(settings_.cookie, id);
}

std::string Gate::log_out(const HttpRequest& request) {
  const std::lock_guard lock(mutex_);
  sessions_.erase(cookie_of(request, settings_.cookie));
  return set_cookie(settings_.cookie, "", "; Max-Age=0");
}

// All are compared, so that the time tells nothing of which it was.
const Gate::Visitor* Gate::find(std::string_view token) const {
  const Visitor* found = nullptr;
  for (std::size_t i = 0; i < settings_.tokens.size(); ++i) {
    if (same_secret(token, settings_.tokens[i].token)) {
      found = &token_visitors_[i];
    }
  }
  return found;
}

void Gate::forget_old() {
  const Time due = std::chrono::steady_clock::now() - settings_.longest_idle;
  std::erase_if(sessions_, [due](const auto& session) { return session.second.used < due; });
}

}  // namespace crier::cli
