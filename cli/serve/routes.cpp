// SPDX-License-Identifier: MIT
#include "serve/routes.hpp"

#include <crier/error.hpp>

#include "base/secrets.hpp"
#include "log_walk.hpp"
#include "serve/actions.hpp"
#include "serve/embedded_file.hpp"
#include "serve/layout.hpp"
#include "serve/pages.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <string_view>
#include <utility>

namespace crier::cli {

namespace {

// A page is made in this time, or says that it was not.
constexpr std::chrono::seconds kLongestPage{5};

struct PageRoute {
  std::string_view path;
  WebPage (*make)(const PageRequest&);
};
constexpr std::array<PageRoute, 10> kPageRoutes{{{"/", overview_page},
                                                 {"/nodes", nodes_page},
                                                 {"/log", log_page},
                                                 {"/entry", entry_page},
                                                 {"/replay", replay_page},
                                                 {"/live", live_page},
                                                 {"/explain", explain_page},
                                                 {"/failures", failures_page},
                                                 {"/events", events_page},
                                                 {"/runbook", runbook_page}}};

struct ActionRoute {
  std::string_view path;
  HttpResponse (*act)(const PageRequest&);
};
constexpr std::array<ActionRoute, 5> kActionRoutes{{{"/failures/retry", retry_failure},
                                                    {"/failures/dismiss", dismiss_failure},
                                                    {"/nodes/pause", pause_node},
                                                    {"/nodes/resume", resume_node},
                                                    {"/replay", replay_entries}}};

struct FileRoute {
  std::string_view path;
  std::string_view type;
};
constexpr std::array<FileRoute, 3> kFileRoutes{{{"/serve.css", "text/css; charset=utf-8"},
                                                {"/serve.js", "text/javascript; charset=utf-8"},
                                                {"/icon.svg", "image/svg+xml"}}};

template <class Routes>
auto find_route(const Routes& routes, std::string_view path) {
  return std::ranges::find_if(routes, [path](const auto& route) { return route.path == path; });
}

HttpResponse response_of(WebPage page, const PageRequest& request) {
  // What came of a form stands: to ask again would be another question.
  page.is_redrawn = page.is_redrawn && request.http.method != "POST";
  if (const auto done = request.http.argument("done"); done && !request.visitor.who.empty()) {
    page.body = {request.site.outcomes.find(*done), page.body};
  }
  HttpResponse response{.status = page.status, .body = whole_page(page, request)};
  if (page.status == 503 && page.is_redrawn) {
    response.headers.emplace_back("Retry-After", "5");
  }
  return response;
}

// Only a path of this server's.
std::string safe_target(const std::string& to) {
  const bool is_path = to.starts_with('/') && to.find_first_of("/\\", 1) != 1 &&
                       std::ranges::all_of(to, [](char c) { return c > 0x20 && c < 0x7F; });
  return is_path ? to : "/";
}

HttpResponse log_in(const PageRequest& request) {
  const std::string to = safe_target(request.http.field("to").value_or("/"));
  const auto cookie = request.site.gate.log_in(request.http.field("token").value_or(""));
  if (!cookie) {
    return response_of(login_page(request, to, true), request);
  }
  return {.status = 303, .headers = {{"Location", to}, {"Set-Cookie", *cookie}}};
}

HttpResponse log_out(const PageRequest& request) {
  return {.status = 303,
          .headers = {{"Location", "/"}, {"Set-Cookie", request.site.gate.log_out(request.http)}}};
}

HttpResponse refused(const Gate::Refusal& refusal, const PageRequest& request) {
  HttpResponse response = response_of(error_page(refusal.status, refusal.sentence), request);
  if (refusal.status == 405) {
    response.headers.emplace_back("Allow", "GET, HEAD, POST");
  }
  return response;
}

HttpResponse act(const PageRequest& request) {
  const auto found = find_route(kActionRoutes, request.http.path);
  if (found == kActionRoutes.end()) {
    return response_of(error_page(404, "There is no such action."), request);
  }
  if (!request.site.allow_actions) {
    return response_of(error_page(403, "This page only reads: start it with --allow-actions."),
                       request);
  }
  return found->act(request);
}

HttpResponse show(const PageRequest& request) {
  if (request.http.path == "/live/stream") {
    return live_stream(request.http, request.site);
  }
  const auto found = find_route(kPageRoutes, request.http.path);
  const WebPage page =
      found == kPageRoutes.end() ? error_page(404, "There is no such page.") : found->make(request);
  return response_of(page, request);
}

// For one who may look.
HttpResponse serve_visitor(const PageRequest& request) {
  const auto fail = [&](unsigned status, const std::string& sentence) {
    return response_of(error_page(status, without_secrets(sentence)), request);
  };
  try {
    return request.http.method == "POST" ? act(request) : show(request);
  } catch (const NotInLog& error) {
    return fail(error.why() == NotInLog::Why::missing ? 404 : 400, error.what());
  } catch (const Error& error) {
    return fail(error.invalid_argument() ? 400 : 503, error.what());
  } catch (const std::exception& error) {
    return fail(500, error.what());
  }
}

HttpResponse route(const HttpRequest& request, Site& site) {
  PageRequest asked{request, site, site.gate.nobody(),
                    std::chrono::steady_clock::now() + kLongestPage};
  if (const auto refusal = site.gate.refuse(request)) {
    return refused(*refusal, asked);
  }
  const bool is_post = request.method == "POST";
  if (const auto file = find_route(kFileRoutes, request.path);
      file != kFileRoutes.end() && !is_post) {
    return {.body = std::string(embedded_file(file->path.substr(1))),
            .type = std::string(file->type)};
  }
  const bool is_log_in = is_post && request.path == "/login";
  if (!is_log_in) {
    const std::optional<Gate::Visitor> visitor = site.gate.visitor(request);
    if (!visitor) {
      HttpResponse response =
          response_of(login_page(asked, is_post ? "/" : request.target(), false), asked);
      response.headers.emplace_back("WWW-Authenticate", "Bearer");
      return response;
    }
    asked.visitor = *visitor;
  }
  if (is_post) {
    if (const auto refusal = Gate::refuse_form(request, asked.visitor.form_secret)) {
      return refused(*refusal, asked);
    }
  }
  if (is_log_in) {
    return log_in(asked);
  }
  return is_post && request.path == "/logout" ? log_out(asked) : serve_visitor(asked);
}

void add_safety(HttpResponse& response) {
  const HttpFields safety{
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src "
       "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "same-origin"},  // with none, browsers would not name a form's origin
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cache-Control", "no-store"}};
  response.headers.insert(response.headers.end(), safety.begin(), safety.end());
}

}  // namespace

HttpResponse answer(const HttpRequest& request, Site& site) noexcept {
  HttpResponse response;
  try {
    response = route(request, site);
  } catch (const std::exception&) {
    response = {.status = 500, .body = "out of memory\n", .type = "text/plain"};
  }
  add_safety(response);
  return response;
}

}  // namespace crier::cli
