// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include "facts.hpp"
#include "serve/gate.hpp"
#include "serve/html.hpp"
#include "serve/http.hpp"
#include "serve/outcomes.hpp"
#include "serve/samples.hpp"
#include "serve/store_access.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

namespace crier::cli {

// What all pages of one server share. Thread-safe.
struct Site {
  StoreAccess access;
  Gate gate;
  const Limits limits;
  const bool allow_actions;
  const std::string originated;                       // who the entries are from that it appends
  const std::function<void(const std::string&)> say;  // a sentence for whoever runs the server
  Outcomes outcomes = {};
  std::atomic<bool> is_stopping = false;  // streams are to end
  std::atomic<int> streams = 0;           // that are open
  Samples samples{access};                // last: its thread uses `access`
};

// Who asks for a page, for what, and until when it is to be made.
struct PageRequest {
  const HttpRequest& http;
  Site& site;
  Gate::Visitor visitor;
  StoreAccess::Time deadline;
};

// What differs from page to page.
struct WebPage {
  std::string title;
  Html body;
  unsigned status = 200;
  bool is_redrawn = false;  // what it shows goes on
};

}  // namespace crier::cli
