// SPDX-License-Identifier: MIT
#pragma once

#include <crier/entry.hpp>

#include <string_view>

namespace crier {

/// Where an instruction came from.
struct Source {
  EntryId entry;                ///< 0: published on this node, and delivered before the append
  std::string_view originated;  ///< who published it; lives as long as the call it is given to
};

}  // namespace crier
