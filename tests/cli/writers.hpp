// SPDX-License-Identifier: MIT
#pragma once

#include "cli/database.hpp"

#include <vector>

namespace crier::test {

/// Every command that writes to a log.
inline const std::vector<Args> kWriters{{"send", "--refresher", kProducts, "--all"},
                                        {"replay", "1"},
                                        {"nodes", "--forget", "web-1"},
                                        {"prune", "--older-than", "2d"}};

}  // namespace crier::test
