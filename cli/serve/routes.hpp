// SPDX-License-Identifier: MIT
#pragma once

#include "serve/site.hpp"

namespace crier::cli {

// The answer to any request: a page, a file, or what is wrong. Thread-safe. Does not throw.
[[nodiscard]] HttpResponse answer(const HttpRequest& request, Site& site) noexcept;

}  // namespace crier::cli
