// SPDX-License-Identifier: MIT
#pragma once

#include "cache/hybrid/log_view.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crier {

// What stands in the shared cache for a value: a line, GENERATION APPLIED [TAG…] (the tags as JSON,
// if it has any), and the value's own bytes.
struct StoredValue {
  LogView::Made made;
  std::vector<std::string> tags;
  std::string data;

  [[nodiscard]] static std::string write(const LogView::Made& made,
                                         const std::vector<std::string>& tags,
                                         std::string_view data);
  // Nothing if it is of another form, as what an earlier crier has stored.
  [[nodiscard]] static std::optional<StoredValue> read(std::string text);
};

}  // namespace crier
