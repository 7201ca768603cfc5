// SPDX-License-Identifier: MIT
#pragma once

#include "serve/site.hpp"

#include <string>

// The pages, one a file. Each throws crier::Error if it can't look, and a usage error if what it
// was asked for makes no sense.
namespace crier::cli {

[[nodiscard]] WebPage overview_page(const PageRequest& request);
[[nodiscard]] WebPage nodes_page(const PageRequest& request);
[[nodiscard]] WebPage log_page(const PageRequest& request);
[[nodiscard]] WebPage entry_page(const PageRequest& request);
// What a replay would append; nothing is written.
[[nodiscard]] WebPage replay_page(const PageRequest& request);
[[nodiscard]] WebPage live_page(const PageRequest& request);
// What became of a key; or only the form that asks for one.
[[nodiscard]] WebPage explain_page(const PageRequest& request);
[[nodiscard]] WebPage failures_page(const PageRequest& request);
[[nodiscard]] WebPage events_page(const PageRequest& request);
// What each problem means and what to do, under the anchor of its code.
[[nodiscard]] WebPage runbook_page(const PageRequest& request);

// `to`: where to go on once the token is right.
[[nodiscard]] WebPage login_page(const PageRequest& request, const std::string& to, bool was_wrong);
// `sentence`: what was wrong.
[[nodiscard]] WebPage error_page(unsigned status, const std::string& sentence);

// The log as it grows, for the script of live_page(): an event for each entry.
[[nodiscard]] HttpResponse live_stream(const HttpRequest& request, Site& site);

}  // namespace crier::cli
