// SPDX-License-Identifier: MIT
#pragma once

#include <crier/admin/setup.hpp>
#include <crier/admin/store.hpp>

namespace crier::cli {

// Has `ringer` ring, and measures how long `listener` takes to hear it: as two processes would, if
// they are two stores of one URL, each of which has connected. Takes a few tenths of a second, and
// two seconds if nothing is heard.
[[nodiscard]] SetupCheck measure_wakeup(Wakeup& listener, Wakeup& ringer);

}  // namespace crier::cli
