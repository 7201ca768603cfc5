// SPDX-License-Identifier: MIT
#pragma once

#include "serve/site.hpp"

namespace crier::cli {

// What people do on the pages: each is recorded as an event that says who, before it is done. Each
// leads to a page that says what came of it. Throws crier::Error: then nothing was done.
[[nodiscard]] HttpResponse retry_failure(const PageRequest& request);
[[nodiscard]] HttpResponse dismiss_failure(const PageRequest& request);
[[nodiscard]] HttpResponse pause_node(const PageRequest& request);
[[nodiscard]] HttpResponse resume_node(const PageRequest& request);
[[nodiscard]] HttpResponse replay_entries(const PageRequest& request);

}  // namespace crier::cli
