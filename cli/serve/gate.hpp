// SPDX-License-Identifier: MIT
#pragma once

#include "serve/access_tokens.hpp"
#include "serve/http.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier::cli {

// Who may ask for what. Thread-safe.
class Gate {
 public:
  struct Settings {
    std::vector<std::string> hosts;   // by which browsers may call this server, in lower case
    std::vector<AccessToken> tokens;  // none: whoever reaches the server may look
    std::string user;                 // who acts, if no token says it
    std::string cookie = "crier";     // its name: browsers send it to all ports of a host
    std::chrono::milliseconds longest_idle = std::chrono::hours(12);  // of a session
  };
  struct Refusal {
    unsigned status;
    std::string sentence;
  };

  explicit Gate(Settings settings);

  // Who asks.
  struct Visitor {
    std::string who;  // empty: nobody yet, who may only log in
    std::string
        form_secret;  // what each form holds for him, and a page of another site does not know
  };

  // What is wrong with the request itself, whoever sends it: a page of another site may have made
  // the browser send it.
  [[nodiscard]] std::optional<Refusal> refuse(const HttpRequest& request) const;
  // The same of a form: it is to hold that secret.
  [[nodiscard]] static std::optional<Refusal> refuse_form(const HttpRequest& request,
                                                          std::string_view secret);
  // Nothing: it takes a token, and there is none.
  [[nodiscard]] std::optional<Visitor> visitor(const HttpRequest& request);
  // Who is to log in. What his form holds says nothing to any other.
  [[nodiscard]] Visitor nobody() const { return {.who = {}, .form_secret = log_in_secret_}; }
  // Whether a token is needed at all.
  [[nodiscard]] bool is_locked() const { return !settings_.tokens.empty(); }

  // The cookie of a new session; nothing if there is no such token.
  [[nodiscard]] std::optional<std::string> log_in(std::string_view token);
  // Ends the session of the request; the cookie that says so.
  std::string log_out(const HttpRequest& request);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Session {
    Visitor visitor;
    Time used;
  };

  [[nodiscard]] const Visitor* find(std::string_view token) const;
  void forget_old();

  const Settings settings_;
  const std::string log_in_secret_ = random_secret();
  const Visitor anybody_;                // if no token is needed
  std::vector<Visitor> token_visitors_;  // whom each token lets in
  std::mutex mutex_;
  std::map<std::string, Session> sessions_;  // guarded by mutex_; by their cookie's value
};

}  // namespace crier::cli
